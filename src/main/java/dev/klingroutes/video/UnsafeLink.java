package dev.klingroutes.video;

import java.net.UnknownHostException;

/** A link that must not be followed. The message names the host and the reason, never the link. */
final class UnsafeLink extends UnknownHostException {
    private static final long serialVersionUID = 1;

    UnsafeLink(String message) {
        super(message);
    }
}
