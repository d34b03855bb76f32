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
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The door for callbacks. One read says whether a token is good; everything else comes after the
 * answer. A callback is a hint: nothing in it is believed.
 */
public final class CallbackDoor {
    /**
     * What is to be done after the answer.
     *
     * @param millis to wait for the look; null if one that is put off comes after this anyway
     */
    public record Hint(String task, CallbackToken token, String said, Long millis) {
        boolean now() {
            return millis != null && millis == 0;
        }
    }

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
    private static final long GAP_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Callbacks callbacks;
    private final CallbackArrivals arrivals;
    private final News news;
    private final AtomicInteger waiting = new AtomicInteger();
    private final LongSupplier nanos;
    private final Map<Object, Long> before = remembered();
    private final Map<Object, Long> looks = remembered();

    public CallbackDoor(Callbacks callbacks, CallbackArrivals arrivals, News news) {
        this(callbacks, arrivals, news, System::nanoTime);
    }

    CallbackDoor(Callbacks callbacks, CallbackArrivals arrivals, News news, LongSupplier nanos) {
        this.nanos = nanos;
        this.callbacks = callbacks;
        this.arrivals = arrivals;
        this.news = news;
    }

    private static Map<Object, Long> remembered() {
        return new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<Object, Long> eldest) {
                return size() > REMEMBERED;
            }
        };
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
        return new Heard(200, new Hint(owner.task(), token, said(body), millis(owner.task())));
    }

    /** One look a second for a task: what comes before that is put off, and one is for all. */
    private Long millis(String task) {
        long now = nanos.getAsLong();
        synchronized (looks) {
            Long last = looks.remove(task);
            boolean putOff = last != null && last - now > 0;
            long next = last == null || now - last >= GAP_NANOS ? now : last + GAP_NANOS;
            looks.put(task, putOff ? last : next);
            return putOff ? null : (next - now + 999_999) / 1_000_000;
        }
    }

    /** Whether the very same came a moment ago: a callback that is delivered twice is one. */
    private boolean again(String task, byte[] body) {
        Object same = Map.entry(task, digest(body));
        long now = nanos.getAsLong();
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

    /**
     * Writes a hint down, after the answer.
     *
     * @return the hint if its look is put off, else null
     */
    public Hint write(Hint hint) {
        boolean later = false;
        try {
            if (hint.now()) {
                callbacks.heard(hint.task(), hint.token(), hint.said());
            } else {
                callbacks.told(hint.task(), hint.token(), hint.said());
                later = hint.millis() != null;
            }
        } finally {
            if (!later) {
                waiting.decrementAndGet();
            }
        }
        return later ? hint : null;
    }

    /** The look that was put off is due. */
    public void look(Hint hint) {
        try {
            callbacks.look(hint.task());
        } finally {
            waiting.decrementAndGet();
        }
    }
}
