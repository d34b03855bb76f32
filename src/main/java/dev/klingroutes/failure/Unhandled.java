package dev.klingroutes.failure;

import dev.klingroutes.task.Ledger;
import dev.klingroutes.task.News;
import org.apache.camel.Exchange;
import org.apache.camel.spi.ExceptionHandler;
import org.apache.camel.util.ObjectHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What no error handler takes any more: Camel asks none once a stop has run out of patience. The
 * task is claimed, and the next start takes it up.
 */
public final class Unhandled implements ExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger("kling");

    private final Ledger ledger;
    private final News news;

    public Unhandled(Ledger ledger, News news) {
        this.ledger = ledger;
        this.news = news;
    }

    @Override
    public void handleException(Throwable thrown) {
        handleException("", thrown);
    }

    @Override
    public void handleException(String message, Throwable thrown) {
        handleException(message, null, thrown);
    }

    @Override
    public void handleException(String message, Exchange exchange, Throwable thrown) {
        LOG.debug("{}", message, thrown);
        if (ObjectHelper.getException(InterruptedException.class, thrown) != null) {
            if (news.is("cut off")) {
                LOG.warn("the stop cuts off what is still under way; the next start takes it up");
            }
        } else if (!ledger.wasGone(thrown) && news.is("unhandled: " + thrown)) {
            // nobody expected it: who mends it needs the whole of it
            LOG.warn("trouble that nothing handles, {}", message, thrown);
        }
    }
}
