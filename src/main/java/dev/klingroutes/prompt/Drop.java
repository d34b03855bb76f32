package dev.klingroutes.prompt;

import java.nio.file.Path;

/**
 * A dropped file that was taken.
 *
 * @param id random; the tasks of one drop are written once
 * @param file where it lies now
 * @param source its path below the inbox, with '/' between names
 */
public record Drop(String id, Path file, String source) {
    /** The sub-folder it was dropped in, "" for none. */
    String folder() {
        return folder(source);
    }

    /** The same of any path below the inbox. */
    static String folder(String source) {
        int slash = source.lastIndexOf('/');
        return slash < 0 ? "" : source.substring(0, slash);
    }

    /** For people: its file is not where this process had put it. */
    String gone() {
        return source + "  has gone; another node finished it, or somebody took it away";
    }

    String fileName() {
        return source.substring(source.lastIndexOf('/') + 1);
    }
}
