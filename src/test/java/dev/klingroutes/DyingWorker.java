package dev.klingroutes;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;

/** A process in which a worker of Camel meets an Error that no exchange carries. */
final class DyingWorker {
    private DyingWorker() {}

    private static final class Queue extends LinkedBlockingQueue<Exchange> {
        private static final long serialVersionUID = 1;

        @Override
        public Exchange poll(long wait, TimeUnit unit) {
            throw new OutOfMemoryError("for a test");
        }
    }

    public static void main(String[] none) throws Exception {
        KlingMain.endOnError();
        CamelContext camel = new DefaultCamelContext();
        camel.getRegistry().bind("queue", new Queue());
        camel.addRoutes(
                new RouteBuilder() {
                    @Override
                    public void configure() {
                        from("seda:room?queue=#queue").log("${body}");
                    }
                });
        camel.start();
        new CountDownLatch(1).await();
    }
}
