package dev.klingroutes.provider;

import java.io.IOException;

/** Lets tests of other packages say that a create was not sent. */
public final class NotSentForTest {
    private NotSentForTest() {}

    public static NotSent because(String why) {
        return new NotSent(new IOException(why));
    }
}
