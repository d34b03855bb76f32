package dev.klingroutes.task;

import dev.klingroutes.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether the ledger's disk has room: what cannot be written down must not be bought. */
public final class LedgerSpace {
    private static final Logger LOG = LoggerFactory.getLogger("kling");
    private static final String TROUBLE = "ledger-space";

    private final LedgerSource source;
    private final long minFree;
    private final News news;

    /** Below {@code kling.ledger.min-free} nothing is bought. */
    public LedgerSpace(LedgerSource source, Settings settings, News news) {
        this.source = source;
        minFree = settings.bytes("kling.ledger.min-free");
        this.news = news;
    }

    public boolean enough() {
        Path folder = source.file().map(Path::getParent).orElse(null);
        if (folder == null) {
            return true;
        }
        try {
            long free = Files.getFileStore(folder).getUsableSpace();
            if (free >= minFree) {
                if (news.over(TROUBLE)) {
                    LOG.info("the ledger's disk has room again, submitting goes on");
                }
                return true;
            }
            if (news.is(TROUBLE)) {
                LOG.warn(
                        "only {} MB are free in {}: nothing is bought until there are {} MB (kling.ledger.min-free)",
                        free >> 20,
                        folder,
                        minFree >> 20);
            }
            return false;
        } catch (IOException e) {
            if (news.is(TROUBLE)) {
                LOG.warn(
                        "cannot see how much room {} has, nothing is bought: {}",
                        folder,
                        e.toString());
            }
            return false;
        }
    }
}
