package dev.klingroutes.sandbox;

/** A call that Kling answers with one of its codes; nothing was created. */
final class Refused extends Exception {
    private final int code;

    Refused(int code) {
        this(code, KlingCode.message(code));
    }

    Refused(int code, String message) {
        super(message);
        this.code = code;
    }

    Reply reply() {
        return KlingCode.reply(code, getMessage());
    }
}
