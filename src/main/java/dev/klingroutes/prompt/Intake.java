package dev.klingroutes.prompt;

import dev.klingroutes.Settings;
import dev.klingroutes.provider.Json;
import dev.klingroutes.task.Acceptance;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Set;

/** Turns a drop into tasks: reads it, writes them in the ledger, puts the file away. */
public final class Intake {
    private final Inbox inbox;
    private final PromptReader reader;
    private final Acceptance acceptance;
    private final TakenStems taken;
    private final RefusedDrops refused;

    public Intake(
            Inbox inbox,
            PromptReader reader,
            Acceptance acceptance,
            Settings settings,
            RefusedDrops refused) {
        this.inbox = inbox;
        this.reader = reader;
        this.acceptance = acceptance;
        taken = new TakenStems(settings);
        this.refused = refused;
    }

    /**
     * Accepts all prompts of a drop. Doing it again, after a crash, changes nothing.
     *
     * @return what happened, for people
     * @throws PromptRefused if anything in the file is wrong: nothing of it is accepted
     */
    public String accept(Drop drop) throws PromptRefused, IOException {
        boolean toBeRefused = false;
        try {
            return accepted(drop);
        } catch (PromptRefused e) {
            toBeRefused = true;
            throw e;
        } finally {
            if (!toBeRefused) {
                inbox.release(drop);
            }
        }
    }

    private String accepted(Drop drop) throws PromptRefused, IOException {
        PromptRefused refusal;
        try {
            return written(drop);
        } catch (PromptRefused e) {
            refusal = e;
        } catch (OutOfMemoryError e) {
            // it would not fit the next time either
            refusal = PromptRefused.tooLarge(drop.file());
        } catch (NoSuchFileException e) {
            if (Files.exists(drop.file(), LinkOption.NOFOLLOW_LINKS)) {
                throw e;
            }
            return drop.gone();
        }
        // what holds for it may have changed since it was accepted, and perhaps bought
        if (acceptance.first(drop.id()).isEmpty()) {
            throw refusal;
        }
        inbox.finish(drop);
        return acceptedBefore(drop);
    }

    private String written(Drop drop) throws PromptRefused, IOException {
        List<Acceptance.Wanted> prompts =
                read(drop).stream()
                        .map(
                                prompt ->
                                        new Acceptance.Wanted(
                                                prompt.name(),
                                                prompt.kind(),
                                                Json.write(prompt.request())))
                        .toList();
        refused.forget(drop);
        Set<String> inUse =
                taken.among(drop.folder(), prompts.stream().map(Acceptance.Wanted::stem).toList());
        List<Acceptance.Accepted> accepted =
                acceptance.accept(
                        drop.id(), drop.source(), drop.folder(), prompts, inUse::contains);
        inbox.finish(drop);
        return switch (accepted.size()) {
            case 0 -> acceptedBefore(drop);
            case 1 -> accepted.get(0).name() + "  accepted";
            default -> drop.source() + "  " + accepted.size() + " prompts accepted";
        };
    }

    private static String acceptedBefore(Drop drop) {
        return drop.source() + "  was accepted before";
    }

    private List<Prompt> read(Drop drop) throws PromptRefused, IOException {
        if (Files.isSymbolicLink(drop.file())) {
            throw new PromptRefused(
                    List.of(new Fault(drop.fileName(), null, "it is a symbolic link")));
        }
        try {
            return reader.read(drop.file(), inbox.defaults(drop));
        } catch (AccessDeniedException e) {
            throw PromptRefused.unreadable(drop.file());
        }
    }
}
