package dev.klingroutes.prompt;

import dev.klingroutes.Settings;
import dev.klingroutes.failure.ErrorFiles;
import dev.klingroutes.provider.Json;
import dev.klingroutes.task.Stem;
import dev.klingroutes.video.Durable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Dropped files that could not be accepted: in failed/, each with a file that says why. */
public final class RefusedDrops {
    private static final String STATE = "REFUSED";
    private static final int SHOWN = 1000;

    private final Inbox inbox;
    private final Path failed;
    private final Clock clock;

    public RefusedDrops(Inbox inbox, Settings settings, Clock clock) {
        this.inbox = inbox;
        failed = settings.folder("kling.failed.dir");
        this.clock = clock;
    }

    /**
     * Moves the file to failed/ and writes the reason beside it.
     *
     * @return what happened, for people
     */
    public String refuse(Drop drop, PromptRefused refusal) throws IOException {
        try {
            return refused(drop, refusal);
        } finally {
            inbox.release(drop);
        }
    }

    private String refused(Drop drop, PromptRefused refusal) throws IOException {
        if (!exists(drop.file())) {
            return drop.gone();
        }
        Path folder = Durable.folder(failed, drop.folder());
        forget(drop);
        String stem = Stem.cut(FileName.stem(drop.fileName()));
        String name = drop.fileName();
        if (exists(folder.resolve(name)) || exists(folder.resolve(stem + ".error.json"))) {
            name = FileName.own(drop);
            stem = FileName.stem(name);
        }
        Path error = folder.resolve(stem + ".error.json");
        Path part = folder.resolve("." + drop.id() + ".part");
        try {
            Durable.write(part, error, bytes(drop, name, refusal));
            Durable.rename(drop.file(), folder.resolve(name));
        } catch (FileAlreadyExistsException | NoSuchFileException refusedByAnother) {
            Files.deleteIfExists(part);
        }
        Durable.force(folder);
        inbox.removeEmpty(drop.file().getParent());
        return drop.source() + "  refused, nothing was bought: " + refusal.getMessage();
    }

    /** A drop that comes again, corrected, takes its earlier refusal back. */
    void forget(Drop drop) throws IOException {
        Path error =
                failed.resolve(drop.folder())
                        .resolve(Stem.cut(FileName.stem(drop.fileName())) + ".error.json");
        if (Files.isRegularFile(error, LinkOption.NOFOLLOW_LINKS)
                && refuses(Files.readString(error), drop)) {
            Files.deleteIfExists(error);
        }
    }

    private static boolean refuses(String error, Drop drop) {
        try {
            Map<String, Object> facts = Json.map(error);
            return STATE.equals(facts.get("state")) && drop.source().equals(facts.get("source"));
        } catch (IllegalArgumentException notOurs) {
            return false;
        }
    }

    private static boolean exists(Path file) {
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
    }

    private byte[] bytes(Drop drop, String name, PromptRefused refusal) {
        String toDo =
                "Nothing was bought. Correct "
                        + name
                        + " beside this file, then move it back to the inbox.";
        return Json.pretty(error(drop.source(), refusal, toDo)).getBytes(StandardCharsets.UTF_8);
    }

    /** What the error file of a dropped file says. */
    Map<String, Object> error(String source, PromptRefused refusal, String toDo) {
        List<Fault> faults = refusal.faults();
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("schema", ErrorFiles.SCHEMA);
        all.put("state", STATE);
        all.put("code", "refused-drop");
        all.put("message", refusal.getMessage());
        all.put("what_to_do", toDo);
        all.put("request_id", null);
        all.put("task_id", null);
        all.put("source", source);
        all.put("faults", faults.stream().limit(SHOWN).map(RefusedDrops::shown).toList());
        all.put("written", clock.instant().toString());
        return all;
    }

    private static Map<String, Object> shown(Fault fault) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("where", fault.where());
        all.put("field", fault.field());
        all.put("problem", fault.problem());
        return all;
    }
}
