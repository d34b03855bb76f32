package dev.klingroutes.prompt;

import dev.klingroutes.Settings;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.component.file.GenericFileFilter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which files in the inbox are whole prompts: right name, no link, and rested. */
public final class DropFilter implements GenericFileFilter<File> {
    private static final Logger LOG = LoggerFactory.getLogger("kling");
    private static final int SIDECAR_BEGIN = 200;
    private static final int REMEMBERED = 10_000;

    private record Seen(long modified, long size, long since) {}

    private final Path inbox;
    private final Duration rest;
    private final Clock clock;
    private final LongSupplier nanos;
    private long ahead;
    private long restless;
    private volatile long roomMade;
    private final Map<Path, Seen> fromTheFuture = new ConcurrentHashMap<>();
    private final Map<Path, Seen> strangers = new ConcurrentHashMap<>();
    private final Set<String> unreadable = ConcurrentHashMap.newKeySet();

    /** Reads {@code kling.inbox.rest}: how long a file must not have changed. */
    public DropFilter(Settings settings, Clock clock) {
        this(settings, clock, System::nanoTime);
    }

    /**
     * @param nanos a time that no clock can turn
     */
    DropFilter(Settings settings, Clock clock, LongSupplier nanos) {
        inbox = settings.folder("kling.inbox.dir").toAbsolutePath();
        rest = settings.duration("kling.inbox.rest");
        this.clock = clock;
        this.nanos = nanos;
        ahead = ahead();
        restless = nanos.getAsLong();
    }

    @Override
    public boolean accept(GenericFile<File> found) {
        String name = found.getFile().getName();
        Path file;
        try {
            file = found.getFile().toPath().toAbsolutePath();
        } catch (InvalidPathException e) {
            tellOfUnknownLetters(name);
            return false;
        }
        if (found.isDirectory()) {
            return !name.startsWith(".") && Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS);
        }
        if (name.startsWith(".") || name.startsWith("_") || unfinished(name) || clockJumped()) {
            return false;
        }
        try {
            BasicFileAttributes facts =
                    Files.readAttributes(
                            file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (!facts.isRegularFile() || !rested(file, facts) || strange(file, name, facts)) {
                return false;
            }
            String source = inbox.relativize(file).toString().replace('\\', '/');
            for (Path defaults : Inbox.defaultsAbove(inbox, Drop.folder(source))) {
                if (!rested(defaults, Files.readAttributes(defaults, BasicFileAttributes.class))) {
                    return false;
                }
            }
            return true;
        } catch (NoSuchFileException gone) {
            if (name.contains("?") || name.contains("\uFFFD")) {
                tellOfUnknownLetters(name);
            }
            return false;
        } catch (IOException goneOrUnreadable) {
            LOG.debug("{} is left alone", file, goneOrUnreadable);
            return false;
        }
    }

    private static boolean unfinished(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".part")
                || lower.endsWith(".tmp")
                || lower.endsWith(".filepart")
                || lower.endsWith(".error.json")
                || lower.endsWith(".plan.json");
    }

    /**
     * Whether the clock was put forward less than a rest ago: then each file looks older than it
     * is, and one that is still being written looks at rest.
     */
    private synchronized boolean clockJumped() {
        long before = ahead;
        ahead = ahead();
        if (ahead - before > rest.toMillis() / 2) {
            restless = nanos.getAsLong() + rest.toNanos();
        }
        return nanos.getAsLong() - restless < 0;
    }

    /** Of the time that cannot be turned; milliseconds. */
    private long ahead() {
        return clock.millis() - TimeUnit.NANOSECONDS.toMillis(nanos.getAsLong());
    }

    /** By its time; where that lies in the future, by being seen unchanged for the rest. */
    private boolean rested(Path file, BasicFileAttributes facts) {
        long now = clock.millis();
        long modified = facts.lastModifiedTime().toMillis();
        if (modified <= now) {
            return now - modified >= rest.toMillis();
        }
        Seen seen = known(fromTheFuture, file, facts);
        if (seen == null || seen.since() > now) {
            makeRoom(now);
            remember(fromTheFuture, file, facts);
            return false;
        }
        return now - seen.since() >= rest.toMillis();
    }

    /** Those that could have been taken long ago are gone, or are being taken. */
    private void makeRoom(long now) {
        if (fromTheFuture.size() >= REMEMBERED && Math.abs(now - roomMade) > rest.toMillis()) {
            roomMade = now;
            fromTheFuture
                    .values()
                    .removeIf(seen -> Math.abs(now - seen.since()) > 2 * rest.toMillis());
        }
    }

    private static Seen known(Map<Path, Seen> seen, Path file, BasicFileAttributes facts) {
        Seen known = seen.get(file);
        boolean same =
                known != null
                        && known.modified() == facts.lastModifiedTime().toMillis()
                        && known.size() == facts.size();
        return same ? known : null;
    }

    private void remember(Map<Path, Seen> seen, Path file, BasicFileAttributes facts) {
        if (seen.size() < REMEMBERED || seen.containsKey(file)) {
            long modified = facts.lastModifiedTime().toMillis();
            seen.put(file, new Seen(modified, facts.size(), clock.millis()));
        }
    }

    /** No prompt file, or a sidecar of ours that strayed: told once and left alone. */
    private boolean strange(Path file, String name, BasicFileAttributes facts) throws IOException {
        boolean json = name.toLowerCase(Locale.ROOT).endsWith(".json");
        boolean prompt = FileName.isPrompt(name);
        if (prompt && !json) {
            return false;
        }
        if (known(strangers, file, facts) != null) {
            return true;
        }
        if (prompt && !sidecar(file)) {
            return false;
        }
        if (strangers.size() >= REMEMBERED) {
            return true;
        }
        remember(strangers, file, facts);
        LOG.warn(
                "{}  is left alone in the inbox: {}",
                name,
                prompt
                        ? "it is a sidecar"
                        : "it is no prompt file (.txt .md .json .jsonl .yaml .yml .csv)");
        return true;
    }

    /**
     * Java puts ? or U+FFFD for what the locale does not know, and then makes no path of such a
     * name, or one where nothing is.
     */
    private void tellOfUnknownLetters(String name) {
        if (unreadable.size() < REMEMBERED && unreadable.add(name)) {
            LOG.warn(
                    "{}  is left alone in the inbox: its name has letters that this process cannot"
                            + " read; rename it, or start with LANG=C.UTF-8 in the environment",
                    name);
        }
    }

    private static boolean sidecar(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            String begin =
                    new String(in.readNBytes(SIDECAR_BEGIN), StandardCharsets.UTF_8)
                            .replaceAll("\\s", "");
            return begin.startsWith("{\"schema\":\"kling-routes/sidecar/");
        }
    }
}
