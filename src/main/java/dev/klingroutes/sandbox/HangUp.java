package dev.klingroutes.sandbox;

import java.io.IOException;

/** Thrown out of a handler, on which the server closes the TCP connection. */
final class HangUp extends IOException {
    HangUp() {
        super("hung up as asked");
    }
}
