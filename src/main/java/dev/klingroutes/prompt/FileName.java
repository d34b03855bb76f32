package dev.klingroutes.prompt;

import dev.klingroutes.task.Stem;
import java.util.Locale;
import java.util.Set;

/** What the name of a dropped file says. */
final class FileName {
    private static final Set<String> PROMPTS =
            Set.of("txt", "md", "json", "jsonl", "yaml", "yml", "csv");

    private FileName() {}

    static boolean isPrompt(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return name.contains(".")
                && PROMPTS.contains(ending(name))
                && !name.startsWith("_")
                && !name.startsWith(".")
                && !lower.endsWith(".error.json")
                && !lower.endsWith(".plan.json");
    }

    /** "cat" for "cat.txt" */
    static String stem(String name) {
        int dot = name.lastIndexOf('.');
        return dot < 0 ? name : name.substring(0, dot);
    }

    /** "txt" for "cat.TXT" */
    static String ending(String name) {
        return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    }

    /** "cat~1a2b3c4d.txt": the name of a drop whose own is taken. */
    static String own(Drop drop) {
        String name = drop.fileName();
        return Stem.own(Stem.cut(stem(name)), drop.id()) + name.substring(stem(name).length());
    }
}
