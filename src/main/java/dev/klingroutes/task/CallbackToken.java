package dev.klingroutes.task;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * The secret part of an address to which the provider may call back: 256 random bits in base64url.
 * It goes into the create call and nowhere else; what is written down is its hash.
 */
public final class CallbackToken {
    private static final int BYTES = 32;
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_-]{43}");
    private static final SecureRandom RANDOM = new SecureRandom();

    private final String secret;

    private CallbackToken(String secret) {
        this.secret = secret;
    }

    public static CallbackToken fresh() {
        byte[] bytes = new byte[BYTES];
        RANDOM.nextBytes(bytes);
        return new CallbackToken(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }

    /** A token as it was called with; null if it has not the form of one. */
    public static CallbackToken of(String text) {
        return FORM.matcher(text).matches() ? new CallbackToken(text) : null;
    }

    public String secret() {
        return secret;
    }

    /** SHA-256, in hexadecimal digits. */
    public String hash() {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256")
                                    .digest(secret.getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }

    /** Not the secret: this may end in a log. */
    @Override
    public String toString() {
        return "a callback token";
    }
}
