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
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** The folder where prompts are dropped: takes files out of it, each by one atomic rename. */
public final class Inbox {
    static final String ACCEPTING = ".accepting";
    private static final String MARKER = ".ledger";

    private final Path inbox;
    private final Path accepted;

    /** Drops that this process is working on: they are not unfinished. */
    private final Set<String> inHand = ConcurrentHashMap.newKeySet();

    /** Reads {@code kling.inbox.dir} and {@code kling.accepted.dir}. */
    public Inbox(Settings settings) {
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
        inHand.add(id);
        boolean taken = false;
        try {
            Files.createDirectories(to.getParent());
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
            // before the ledger speaks of it, or a power failure brings the file back to the inbox
            // and it is bought twice
            Durable.force(from.getParent());
            taken = true;
            return new Drop(id, to, source.replace('\\', '/'));
        } catch (NoSuchFileException gone) {
            removeEmpty(to.getParent());
            return null;
        } finally {
            if (!taken) {
                inHand.remove(id);
            }
        }
    }

    /** Nobody works on the drop any more; if its file still lies there, it is unfinished. */
    void release(Drop drop) {
        inHand.remove(drop.id());
    }

    /** Drops that were taken and not finished, for instance by a process that was killed. */
    public List<Drop> unfinished() throws IOException {
        Path accepting = inbox.resolve(ACCEPTING);
        List<Drop> drops = new ArrayList<>();
        if (!Files.isDirectory(accepting)) {
            return drops;
        }
        try (Stream<Path> homes = Files.list(accepting)) {
            for (Path home : (Iterable<Path>) homes::iterator) {
                if (Files.isDirectory(home, LinkOption.NOFOLLOW_LINKS)
                        && !inHand.contains(home.getFileName().toString())) {
                    drops.addAll(in(home));
                }
            }
        }
        return drops;
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
        Path folder = Durable.folder(accepted, drop.folder());
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

    /** The {@code _defaults.yaml} files that hold in a folder of an inbox, outermost first. */
    public static List<Path> defaultsAbove(Path inbox, String folder) {
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
