package dev.klingroutes.task;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Tells a trouble once, not once per task, until it is over. */
public final class News {
    /** The provider does not answer. */
    public static final String PROVIDER = "the provider";

    private final Set<String> going = ConcurrentHashMap.newKeySet();

    /** Whether this trouble is new. */
    public boolean is(String trouble) {
        return going.add(trouble);
    }

    /** Whether this trouble was going on and has ended now. */
    public boolean over(String trouble) {
        return !going.isEmpty() && going.remove(trouble);
    }
}
