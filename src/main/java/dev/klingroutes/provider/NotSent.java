package dev.klingroutes.provider;

import java.io.IOException;

/** The connection failed before the first byte of the request: nothing can have been created. */
public class NotSent extends IOException {
    NotSent(IOException cause) {
        super(cause.getMessage(), cause);
    }
}
