package dev.klingroutes.rooms;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.LoggerFactory;

/** The lines for people, from now on. */
final class Console {
    /** Each process of the tests has its own. */
    private static final Path FILE =
            Path.of(System.getProperty("console.log", "target/console.log"));

    private final long from;

    Console() {
        // the log empties its file when it begins
        LoggerFactory.getLogger("kling");
        try {
            from = Files.exists(FILE) ? Files.size(FILE) : 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<String> lines() {
        try (RandomAccessFile file = new RandomAccessFile(FILE.toFile(), "r")) {
            byte[] text = new byte[(int) (file.length() - from)];
            file.seek(from);
            file.readFully(text);
            return new String(text, StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<String> lines(String containing) {
        return lines().stream().filter(line -> line.contains(containing)).toList();
    }
}
