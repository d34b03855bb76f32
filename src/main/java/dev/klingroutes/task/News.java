package dev.klingroutes.task;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Tells a trouble once, not once per task, until it is over; one that stays, once an hour. */
public final class News {
    /** The provider does not answer. */
    public static final String PROVIDER = "the provider";

    private static final long AGAIN_NANOS = TimeUnit.HOURS.toNanos(1);
    private static final int REMEMBERED = 1000;

    private final Map<String, Long> going = new ConcurrentHashMap<>();

    /** Whether this trouble is new. */
    public boolean is(String trouble) {
        long now = System.nanoTime();
        Long told = going.get(trouble);
        if (told != null && now - told < AGAIN_NANOS) {
            return false;
        }
        if (going.size() >= REMEMBERED) {
            going.clear();
        }
        Long before = going.put(trouble, now);
        return before == null || before.equals(told);
    }

    /** Whether this trouble was going on and has ended now. */
    public boolean over(String trouble) {
        return !going.isEmpty() && going.remove(trouble) != null;
    }
}
