package dev.klingroutes.prompt;

/** Takes the text of a dropped file apart into its prompts. */
@FunctionalInterface
interface Format {
    /**
     * @param fileName stands for the whole file in a fault
     * @param text never blank, without byte order mark
     */
    Drafts read(String fileName, String text, Faults faults);
}
