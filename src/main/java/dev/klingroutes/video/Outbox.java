package dev.klingroutes.video;

import static java.util.stream.Collectors.joining;

import dev.klingroutes.Settings;
import dev.klingroutes.task.Ledger;
import dev.klingroutes.task.Move;
import dev.klingroutes.task.Stem;
import dev.klingroutes.task.Task;
import dev.klingroutes.task.TaskState;
import dev.klingroutes.task.Video;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** Gives verified videos their final names, videos first and the sidecar last. */
public final class Outbox {
    private final Ledger ledger;
    private final Path outbox;
    private final Clock clock;

    public Outbox(Ledger ledger, Settings settings, Clock clock) {
        this.ledger = ledger;
        outbox = settings.folder("kling.outbox.dir");
        this.clock = clock;
    }

    /**
     * Publishes what was fetched; the task is DELIVERED when all of it is there for good.
     *
     * @return what happened, for people; null if somebody else has the task
     */
    public String publish(Fetched fetched) throws IOException {
        Task task = fetched.task();
        Path folder = Durable.folder(outbox, task.folder());
        List<Video> videos = new ArrayList<>();
        for (Video video : fetched.videos()) {
            videos.add(video.verified(freeName(folder, task, video), video.size(), video.sha256()));
        }
        // first in the ledger, then under the final name: what is found there later is known as
        // ours
        if (!ledger.verified(task, videos)) {
            for (Video video : videos) {
                Part.remove(folder, task, video);
            }
            return null;
        }
        for (Video video : videos) {
            Path part = Part.file(folder, task, video, task.claim());
            Path file = folder.resolve(video.file());
            if (exists(part)) {
                rename(part, file, video);
            } else if (!OutboxFile.is(file, video)) {
                throw new NoSuchFileException(
                        part.toString(), null, "somebody removed it before it was published");
            }
            Part.remove(folder, task, video);
        }
        sidecar(folder, task, videos);
        Durable.force(folder);
        Move delivered = Move.to(TaskState.DELIVERED).unreported(task);
        return ledger.write(task, delivered) ? told(task, videos) : null;
    }

    /** A link that leads nowhere has the name, too. */
    private static boolean exists(Path file) {
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
    }

    /** The reserved name, or one of its own if a stranger's file has it by now. */
    private static String freeName(Path folder, Task task, Video video) throws IOException {
        Path file = folder.resolve(video.file());
        return !exists(file) || OutboxFile.is(file, video)
                ? video.file()
                : OutboxFile.stem(Stem.own(task.stem(), task.id()), video.number()) + ".mp4";
    }

    private static void rename(Path part, Path file, Video video) throws IOException {
        try {
            Durable.rename(part, file);
        } catch (FileAlreadyExistsException e) {
            if (!OutboxFile.is(file, video)) {
                throw e;
            }
            Files.delete(part);
        }
    }

    private void sidecar(Path folder, Task task, List<Video> videos) throws IOException {
        Path part = Durable.part(folder, Sidecar.partStem(task), task, task.claim());
        byte[] content = Sidecar.of(task, videos, clock.instant());
        Path file = folder.resolve(task.stem() + ".json");
        if (!exists(file)) {
            Durable.write(part, file, content);
        } else if (!Durable.tellsOf(task, file)) {
            Path own = folder.resolve(Stem.own(task.stem(), task.id()) + ".json");
            if (!exists(own)) {
                Durable.write(part, own, content);
            }
        }
    }

    private static String told(Task task, List<Video> videos) {
        String folder = task.folder().isEmpty() ? "" : task.folder() + "/";
        return "delivered: "
                + videos.stream().map(video -> folder + video.file()).collect(joining(", "));
    }
}
