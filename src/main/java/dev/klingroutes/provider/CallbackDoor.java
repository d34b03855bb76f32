package dev.klingroutes.provider;

import dev.klingroutes.task.CallbackToken;
import dev.klingroutes.task.Callbacks;
import dev.klingroutes.task.Callbacks.Owner;
import dev.klingroutes.task.News;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The door for callbacks. One read says whether a token is good; everything else comes after the
 * answer. A callback is a hint: nothing in it is believed.
 */
public final class CallbackDoor {
    /** Nothing more to do: the hint that waits in the meantime. */
    public record Hint(String task, CallbackToken token, String said) {}

    /**
     * What the door says.
     *
     * @param status of HTTP
     * @param hint to be written after the answer, null for none
     */
    public record Heard(int status, Hint hint) {
        private static final Heard GOOD = new Heard(200, null);
        private static final Heard NOBODY = new Heard(404, null);
        private static final Heard TOO_LONG = new Heard(413, null);
        private static final Heard NOT_NOW = new Heard(503, null);
    }

    private static final Logger LOG = LoggerFactory.getLogger("kling");
    private static final String NEWS = "callbacks";
    private static final int LONGEST_BODY = 64 << 10;
    private static final int MOST_WAITING = 1000;
    private static final int REMEMBERED = 1000;
    private static final long SAME_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Callbacks callbacks;
    private final CallbackArrivals arrivals;
    private final News news;
    private final AtomicInteger waiting = new AtomicInteger();
    private final Map<Object, Long> before =
            new LinkedHashMap<>() {
                @Override
                protected boolean removeEldestEntry(Map.Entry<Object, Long> eldest) {
                    return size() > REMEMBERED;
                }
            };

    public CallbackDoor(Callbacks callbacks, CallbackArrivals arrivals, News news) {
        this.callbacks = callbacks;
        this.arrivals = arrivals;
        this.news = news;
    }

    /**
     * Somebody called.
     *
     * @param address as it was called
     * @param body what came, as it came; may be null
     */
    public Heard heard(String address, byte[] body) {
        if (body != null && body.length > LONGEST_BODY) {
            return Heard.TOO_LONG;
        }
        CallbackToken token = CallbackAddress.called(address);
        if (token == null) {
            return Heard.NOBODY;
        }
        try {
            Optional<Owner> owner = callbacks.owner(token);
            if (news.over(NEWS)) {
                LOG.info("callbacks are heard again");
            }
            return owner.map(whose -> heard(whose, token, body)).orElse(Heard.NOBODY);
        } catch (RuntimeException e) {
            if (news.is(NEWS)) {
                LOG.warn("callbacks are not heard, looks go on: {}", e.getMessage());
            }
            return Heard.NOT_NOW;
        }
    }

    private Heard heard(Owner owner, CallbackToken token, byte[] body) {
        if (owner.task() == null) {
            return Heard.GOOD;
        }
        arrivals.heard();
        if (!owner.waits() || again(owner.task(), body)) {
            return Heard.GOOD;
        }
        if (waiting.incrementAndGet() > MOST_WAITING) {
            waiting.decrementAndGet();
            return Heard.GOOD;
        }
        return new Heard(200, new Hint(owner.task(), token, said(body)));
    }

    /** Whether the very same came a moment ago: a callback that is delivered twice is one. */
    private boolean again(String task, byte[] body) {
        Object same = Map.entry(task, digest(body));
        long now = System.nanoTime();
        synchronized (before) {
            Long last = before.get(same);
            if (last != null && now - last < SAME_NANOS) {
                return true;
            }
            before.remove(same);
            before.put(same, now);
            return false;
        }
    }

    private static ByteBuffer digest(byte[] body) {
        try {
            return ByteBuffer.wrap(
                    MessageDigest.getInstance("SHA-256").digest(body == null ? new byte[0] : body));
        } catch (NoSuchAlgorithmException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }

    private static String said(byte[] body) {
        String taskId = Reply.read(200, body).taskId();
        return Reply.usable(taskId) ? taskId : null;
    }

    /** Writes a hint down, after the answer. */
    public void write(Hint hint) {
        try {
            callbacks.heard(hint.task(), hint.token(), hint.said());
        } finally {
            waiting.decrementAndGet();
        }
    }
}
