package dev.klingroutes.prompt;

import dev.klingroutes.Settings;
import dev.klingroutes.provider.Json;
import dev.klingroutes.task.Acceptance;
import dev.klingroutes.task.Stem;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Turns a prompt that comes from no file into a task, checked as a dropped one is. */
public final class Submission {
    private static final String KEYED = "key:";
    private static final int LONGEST_FOLDER = 500;
    private static final int LONGEST_KEY_SHOWN = 100;
    private static final byte NEVER_IN_UTF_8 = (byte) 0xFF;

    /** More than any name of a file keeps. */
    private static final int LONGEST_STEM = 200;

    private final PromptReader reader;
    private final Acceptance acceptance;
    private final TakenStems taken;

    public Submission(PromptReader reader, Acceptance acceptance, Settings settings) {
        this.reader = reader;
        this.acceptance = acceptance;
        taken = new TakenStems(settings);
    }

    /**
     * Accepts a prompt, unless one was accepted under this key before.
     *
     * @param key null for none
     * @param folder of its results, below outbox/; "" for none
     * @return our id of the task
     * @throws PromptRefused if anything is wrong with the prompt or the folder
     */
    public String accept(String key, String folder, Map<String, ?> written) throws PromptRefused {
        // a drop from a file has a random UUID, which has no colon
        String drop = key == null ? UUID.randomUUID().toString() : KEYED + sha256(key);
        if (key != null) {
            String known = acceptance.first(drop).orElse(null);
            if (known != null) {
                return known;
            }
        }
        Prompt prompt = checked(stem(key), folder, written);
        String stem = Stem.cut(prompt.name());
        boolean inUse = taken.has(folder, stem);
        List<Acceptance.Accepted> accepted =
                acceptance.accept(
                        drop,
                        key == null ? "submit" : "submit \"" + shown(key) + "\"",
                        folder,
                        List.of(
                                new Acceptance.Wanted(
                                        prompt.name(),
                                        prompt.kind(),
                                        Json.write(prompt.request()))),
                        wanted -> inUse && wanted.equals(stem));
        // none: somebody else was faster with this key
        return accepted.isEmpty() ? acceptance.first(drop).orElseThrow() : accepted.get(0).id();
    }

    private Prompt checked(String stem, String folder, Map<String, ?> written)
            throws PromptRefused {
        List<Fault> faults = new ArrayList<>();
        String reason = reasonAgainst(folder);
        if (reason != null) {
            faults.add(
                    new Fault(
                            "the folder",
                            null,
                            Shown.value(folder)
                                    + " cannot be a folder below the outbox: "
                                    + reason));
        }
        try {
            Prompt prompt = reader.check(stem, written);
            if (faults.isEmpty()) {
                return prompt;
            }
        } catch (PromptRefused e) {
            faults.addAll(e.faults());
        }
        throw new PromptRefused(faults);
    }

    /** Why results cannot go there, or null if they can; a dropped file's folder has been made. */
    private static String reasonAgainst(String folder) {
        if (folder.isEmpty()) {
            return null;
        }
        if (folder.length() > LONGEST_FOLDER) {
            return "it has more than " + LONGEST_FOLDER + " characters";
        }
        for (String name : folder.split("/", -1)) {
            String reason = OwnName.reasonAgainst(name);
            if (reason == null && !Stem.cut(name).equals(name)) {
                reason = "it is too long";
            }
            if (reason != null) {
                return "its part " + Shown.value(name) + " cannot name a folder, " + reason;
            }
        }
        return null;
    }

    /** The key, if files can bear it as their name. */
    private static String stem(String key) {
        if (key == null || OwnName.reasonAgainst(key.strip()) != null) {
            return "prompt";
        }
        String bare = key.strip();
        if (bare.length() <= LONGEST_STEM) {
            return bare;
        }
        boolean insideALetter = Character.isHighSurrogate(bare.charAt(LONGEST_STEM - 1));
        return bare.substring(0, insideALetter ? LONGEST_STEM - 1 : LONGEST_STEM);
    }

    /** Never ends like a file: what fails would come back as a file of that kind. */
    private static String shown(String key) {
        String head = key.substring(0, Math.min(key.length(), LONGEST_KEY_SHOWN));
        return head.replaceAll("[\\p{Cntrl}\\p{Cs}]", "?");
    }

    private static String sha256(String key) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            try {
                digest.update(StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(key)));
            } catch (CharacterCodingException halfALetter) {
                // UTF-8 has none: all would be question marks, and two orders one
                digest.update(NEVER_IN_UTF_8);
                ByteBuffer chars = ByteBuffer.allocate(2 * key.length());
                chars.asCharBuffer().put(key);
                digest.update(chars);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
