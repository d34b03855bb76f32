package dev.klingroutes;

/**
 * A setting, a folder or the ledger is not as it must be. The message names it, says why, and what
 * to do; the application ends with {@link #EXIT_CODE}.
 */
public class CannotStart extends RuntimeException {
    /** EX_CONFIG of sysexits.h. */
    public static final int EXIT_CODE = 78;

    public CannotStart(String message) {
        super(message);
    }

    public CannotStart(String message, Throwable cause) {
        super(message, cause);
    }
}
