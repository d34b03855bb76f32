package dev.klingroutes.provider;

import java.io.IOException;

/** A create call failed before the first byte of its request: nothing was created by it. */
public class NotSent extends IOException {
    NotSent(IOException cause) {
        super(cause.getMessage(), cause);
    }
}
