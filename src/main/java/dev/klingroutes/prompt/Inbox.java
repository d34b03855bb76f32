package dev.klingroutes.prompt;

import dev.klingroutes.CannotStart;
import dev.klingroutes.Settings;
import dev.klingroutes.video.Durable;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/** The folder where prompts are dropped: takes files out of it, each by one atomic rename. */
public final class Inbox {
    static final String ACCEPTING = ".accepting";
    private static final String MARKER = ".ledger";
    private static final long STALE_MILLIS = 60_000;

    private final Path inbox;
    private final Path accepted;
    private final Clock clock;
    private final long started;

    /** Reads {@code kling.inbox.dir} and {@code kling.accepted.dir}. */
    public Inbox(Settings settings, Clock clock) {
        this.clock = clock;
        started = clock.millis();
        inbox = settings.folder("kling.inbox.dir");
        accepted = settings.folder("kling.accepted.dir");
    }

    /**
     * Marks the inbox as this ledger's.
     *
     * @throws CannotStart if it is another's, or cannot be written
     */
    public void belongTo(String ledgerId) {
        Path marker = inbox.resolve(MARKER);
        try {
            Files.createDirectories(inbox.resolve(ACCEPTING));
            Files.createDirectories(accepted);
            if (!Files.exists(marker) || Files.readString(marker).isBlank()) {
                Files.writeString(marker, ledgerId + "\n");
            }
            String owner = Files.readString(marker).strip();
            if (!owner.equals(ledgerId)) {
                throw new CannotStart(
                        "The inbox "
                                + inbox.toAbsolutePath()
                                + " belongs to another ledger ("
                                + owner
                                + "; this one is "
                                + ledgerId
                                + "). Give this application folders of its own, or the ledger that it had;"
                                + " if that one is gone for good, delete "
                                + marker.toAbsolutePath()
                                + ".");
            }
        } catch (IOException e) {
            throw new CannotStart(
                    "The inbox " + inbox.toAbsolutePath() + " cannot be used: " + e, e);
        }
    }

    /**
     * Takes a file: from now on it is this drop's, also after a crash.
     *
     * @param source its path below the inbox
     * @return null if it has gone in the meantime
     */
    public Drop take(String source) throws IOException {
        Path from = inbox.resolve(source);
        String id = UUID.randomUUID().toString();
        Path to = inbox.resolve(ACCEPTING).resolve(id).resolve(source);
        Files.createDirectories(to.getParent());
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException gone) {
            removeEmpty(to.getParent());
            return null;
        }
        // before the ledger speaks of it, or a power failure brings the file back to the inbox and
        // it is bought twice
        Durable.force(from.getParent());
        return new Drop(id, to, source.replace('\\', '/'));
    }

    /**
     * Drops that were taken and not finished: by a process that was killed, or a minute ago and
     * more.
     */
    public List<Drop> unfinished() throws IOException {
        Path accepting = inbox.resolve(ACCEPTING);
        List<Drop> drops = new ArrayList<>();
        if (!Files.isDirectory(accepting)) {
            return drops;
        }
        try (Stream<Path> homes = Files.list(accepting)) {
            for (Path home : (Iterable<Path>) homes::iterator) {
                if (stale(home)) {
                    drops.addAll(in(home));
                }
            }
        }
        return drops;
    }

    private boolean stale(Path home) throws IOException {
        try {
            long taken = Files.getLastModifiedTime(home).toMillis();
            return taken < started || taken < clock.millis() - STALE_MILLIS;
        } catch (NoSuchFileException finishedMeanwhile) {
            return false;
        }
    }

    private List<Drop> in(Path home) throws IOException {
        List<Drop> drops = new ArrayList<>();
        try (Stream<Path> files = Files.walk(home)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                    String source = home.relativize(file).toString().replace('\\', '/');
                    drops.add(new Drop(home.getFileName().toString(), file, source));
                }
            }
        } catch (java.io.UncheckedIOException | NoSuchFileException finishedMeanwhile) {
            return List.of();
        }
        if (drops.isEmpty()) {
            try (Stream<Path> folders = Files.walk(home)) {
                List<Path> deepestFirst = folders.sorted((a, b) -> b.compareTo(a)).toList();
                removeEmpty(deepestFirst.isEmpty() ? home : deepestFirst.get(0));
            } catch (java.io.UncheckedIOException | NoSuchFileException removedMeanwhile) {
                return List.of();
            }
        }
        return drops;
    }

    /** Its tasks are in the ledger: it goes to accepted/. */
    void finish(Drop drop) throws IOException {
        Path folder = accepted.resolve(drop.folder());
        Files.createDirectories(folder);
        move(drop, folder.resolve(drop.fileName()), folder);
    }

    /** Gives the drop a name in another folder, one of its own if that is taken. */
    private void move(Drop drop, Path to, Path folder) throws IOException {
        try {
            Durable.rename(drop.file(), to);
        } catch (FileAlreadyExistsException taken) {
            Durable.rename(drop.file(), folder.resolve(FileName.own(drop)));
        } catch (NoSuchFileException finishedByAnother) {
            return;
        }
        removeEmpty(drop.file().getParent());
    }

    void removeEmpty(Path folder) throws IOException {
        Path accepting = inbox.resolve(ACCEPTING);
        for (Path empty = folder; !empty.equals(accepting); empty = empty.getParent()) {
            try {
                Files.deleteIfExists(empty);
            } catch (java.nio.file.DirectoryNotEmptyException others) {
                return;
            }
        }
    }

    /** The {@code _defaults.yaml} files that hold for a drop, outermost first. */
    List<Path> defaults(Drop drop) {
        return defaultsAbove(inbox, drop.folder());
    }

    static List<Path> defaultsAbove(Path inbox, String folder) {
        List<Path> defaults = new ArrayList<>();
        Path at = inbox;
        addIfThere(defaults, at);
        for (String name : folder.split("/")) {
            if (!name.isEmpty()) {
                at = at.resolve(name);
                addIfThere(defaults, at);
            }
        }
        return defaults;
    }

    private static void addIfThere(List<Path> defaults, Path folder) {
        Path file = folder.resolve("_defaults.yaml");
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            defaults.add(file);
        }
    }
}
