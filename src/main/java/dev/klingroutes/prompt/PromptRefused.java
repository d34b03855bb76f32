package dev.klingroutes.prompt;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** The whole file is refused: nothing of it is bought. Says everything that is wrong at once. */
public class PromptRefused extends Exception {
    private static final int SHOWN = 20;

    private final List<Fault> faults;

    public PromptRefused(List<Fault> faults) {
        super(lines(faults, faults.size()));
        this.faults = List.copyOf(faults);
    }

    PromptRefused(Faults faults) {
        super(lines(faults.kept(), faults.count()));
        this.faults = List.copyOf(faults.kept());
    }

    static PromptRefused unreadable(Path file) {
        String name = file.getFileName().toString();
        return new PromptRefused(
                List.of(new Fault(name, null, "it may not be read: no permission")));
    }

    static PromptRefused tooLarge(Path file) {
        String name = file.getFileName().toString();
        return new PromptRefused(
                List.of(
                        new Fault(
                                name,
                                null,
                                "it is too large for the memory of this process (-Xmx); split it")));
    }

    /** Everything that is wrong, in the order of the file; at most the first 10,000. */
    public List<Fault> faults() {
        return faults;
    }

    private static String lines(List<Fault> faults, long count) {
        String shown =
                faults.stream().limit(SHOWN).map(Fault::toString).collect(Collectors.joining("\n"));
        return count > SHOWN ? shown + "\nand " + (count - SHOWN) + " more" : shown;
    }
}
