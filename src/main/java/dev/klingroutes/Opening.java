package dev.klingroutes;

import dev.klingroutes.prompt.Inbox;
import dev.klingroutes.task.Ledger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.camel.Route;
import org.apache.camel.support.RoutePolicySupport;

/**
 * Opens what must be open before any room begins, wherever the rooms run: the folders, the ledger,
 * and the inbox as this ledger's own. The policy of every route that begins by itself, so that what
 * is wrong is said at the start and nothing is taken.
 */
public final class Opening extends RoutePolicySupport {
    private final Ledger ledger;
    private final Inbox inbox;
    private final Rooms rooms;
    private final Settings settings;
    private boolean opened;

    /** Reads {@code kling.outbox.dir}, {@code kling.failed.dir} and {@code kling.dry-run}. */
    public Opening(Ledger ledger, Inbox inbox, Rooms rooms, Settings settings) {
        this.ledger = ledger;
        this.inbox = inbox;
        this.rooms = rooms;
        this.settings = settings;
    }

    @Override
    public void onInit(Route route) {
        open();
    }

    /**
     * Does nothing if it was done. A dry run has no ledger.
     *
     * @throws CannotStart if a folder or the ledger cannot be used, or the inbox is another's
     */
    public synchronized void open() {
        if (opened) {
            return;
        }
        if (rooms.runs("video-download") || rooms.runs("dry-run")) {
            writable("kling.outbox.dir");
        }
        writable("kling.failed.dir");
        if (!settings.dryRun()) {
            ledger.open();
            if (rooms.runs("prompt-inbox")) {
                inbox.belongTo(ledger.id());
            }
        }
        opened = true;
    }

    private void writable(String key) {
        Path folder = settings.folder(key);
        try {
            Files.createDirectories(folder);
            // one name: what a killed process left of it goes with the next start
            Files.deleteIfExists(Files.write(folder.resolve(".kling.tmp"), new byte[0]));
        } catch (IOException e) {
            throw new CannotStart(
                    key
                            + ": the folder "
                            + folder.toAbsolutePath()
                            + " cannot be written ("
                            + e
                            + "). Give this application the right to write there, or set another folder.",
                    e);
        }
    }
}
