package dev.klingroutes;

/**
 * A setting, a folder or the ledger is not as it must be. The message names it, says why, and what
 * to do; the application ends with exit code 78.
 */
public class CannotStart extends RuntimeException {
    public CannotStart(String message) {
        super(message);
    }

    public CannotStart(String message, Throwable cause) {
        super(message, cause);
    }
}
