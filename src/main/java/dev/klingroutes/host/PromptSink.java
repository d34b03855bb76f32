package dev.klingroutes.host;

import dev.klingroutes.KlingVideos;
import dev.klingroutes.prompt.PromptBody;
import dev.klingroutes.prompt.PromptRefused;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackReader;
import java.io.Reader;
import java.io.SequenceInputStream;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.StreamCache;
import org.apache.camel.support.service.ServiceSupport;

/** What the kamelet {@code kling-video-sink} does with a message: its body becomes a task. */
public final class PromptSink extends ServiceSupport implements Processor, CamelContextAware {
    /** Where our id of the task comes out. */
    public static final String TASK_ID = "KlingTaskId";

    /** The key of the task, where the kamelet's own property says none. */
    public static final String TASK_KEY = "KlingTaskKey";

    private CamelContext camel;
    private String taskKey = "";
    private String folder = "";
    private Expression key;
    private Expression where;

    @Override
    public CamelContext getCamelContext() {
        return camel;
    }

    @Override
    public void setCamelContext(CamelContext camelContext) {
        camel = camelContext;
    }

    /** In the simple language; blank: the header {@value #TASK_KEY}, or every message anew. */
    public void setTaskKey(String taskKey) {
        this.taskKey = taskKey == null ? "" : taskKey;
    }

    /** In the simple language; blank: the outbox itself. */
    public void setFolder(String folder) {
        this.folder = folder == null ? "" : folder;
    }

    /**
     * @throws IllegalStateException if the rooms are not loaded, saying how to load them
     */
    @Override
    protected void doStart() {
        KlingVideos.of(camel);
        key = simple(taskKey.isBlank() ? "${header." + TASK_KEY + "}" : taskKey);
        where = simple(folder);
    }

    private Expression simple(String text) {
        Expression expression = camel.resolveLanguage("simple").createExpression(text);
        expression.init(camel);
        return expression;
    }

    /**
     * Writes the task down and sets the header {@value #TASK_ID}.
     *
     * @throws PromptRefused if anything is wrong with the prompt: nothing was accepted
     */
    @Override
    public void process(Exchange exchange) throws PromptRefused, IOException {
        Message message = exchange.getMessage();
        Map<String, ?> prompt = PromptBody.read(message.getBody(), body -> bytes(exchange, body));
        String its = key.evaluate(exchange, String.class);
        boolean keyless = taskKey.isBlank() && message.getHeader(TASK_KEY) == null;
        String in = where.evaluate(exchange, String.class);
        message.setHeader(
                TASK_ID,
                KlingVideos.of(camel)
                        .submit(
                                keyless ? null : String.valueOf(its == null ? "" : its),
                                in == null ? "" : in,
                                prompt));
    }

    /** What Camel can read as bytes; the body is there again, and whole, for the next step. */
    private static byte[] bytes(Exchange exchange, Object body) throws IOException {
        if (body instanceof Reader reader && !(body instanceof StreamCache)) {
            return bytes(exchange.getMessage(), reader);
        }
        InputStream in =
                exchange.getContext()
                        .getTypeConverter()
                        .tryConvertTo(InputStream.class, exchange, body);
        if (in == null) {
            return null;
        }
        byte[] bytes = in.readNBytes(PromptBody.MOST_BYTES + 1);
        if (body instanceof StreamCache cache) {
            cache.reset();
        } else if (body instanceof InputStream) {
            exchange.getMessage()
                    .setBody(
                            bytes.length > PromptBody.MOST_BYTES
                                    ? new SequenceInputStream(new ByteArrayInputStream(bytes), in)
                                    : bytes);
        } else {
            in.close();
        }
        return bytes;
    }

    private static byte[] bytes(Message message, Reader reader) throws IOException {
        CharBuffer read = CharBuffer.allocate(PromptBody.MOST_BYTES + 1);
        while (read.hasRemaining() && reader.read(read) >= 0) {
            // until it is full or the reader is at its end
        }
        boolean more = !read.hasRemaining();
        String text = read.flip().toString();
        if (more) {
            PushbackReader whole = new PushbackReader(reader, text.length());
            whole.unread(text.toCharArray());
            message.setBody(whole);
        } else {
            message.setBody(text);
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
