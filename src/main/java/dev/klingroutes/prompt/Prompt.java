package dev.klingroutes.prompt;

import java.util.Map;

/**
 * One prompt of a dropped file, checked and complete.
 *
 * @param name the stem its files will have, without folder: "cat" for cat.txt, "shots-003" for the
 *     third of a file with many, or the prompt's own name
 * @param kind what is to be made of it; only "text2video" for now
 * @param request the provider's body with all defaults resolved, without external_task_id;
 *     `duration` is always text, in whole seconds
 */
public record Prompt(String name, String kind, Map<String, Object> request) {}
