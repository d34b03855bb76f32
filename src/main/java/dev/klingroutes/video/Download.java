package dev.klingroutes.video;

import dev.klingroutes.Settings;
import dev.klingroutes.task.Ledger;
import dev.klingroutes.task.Task;
import dev.klingroutes.task.Video;
import dev.klingroutes.video.Fetched.Outcome;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;

/** Brings the bytes of a finished task home, under a name that nobody takes for a whole video. */
public final class Download implements AutoCloseable {
    private final Ledger ledger;
    private final Path outbox;
    private final boolean privateAllowed;
    private final long maxBytes;
    private final Duration renewal;
    private final Duration patience;
    private VideoClient client;

    /** Reads {@code kling.download.*}. */
    public Download(Ledger ledger, Settings settings) {
        this.ledger = ledger;
        outbox = settings.folder("kling.outbox.dir");
        privateAllowed = settings.text("kling.download.private-addresses").equals("allow");
        maxBytes = settings.bytes("kling.download.max-bytes");
        patience = settings.duration("kling.download.patience");
        renewal = ledger.lease().dividedBy(3);
    }

    /**
     * Fetches all videos of the task.
     *
     * @throws IOException for trouble of this machine, such as a full disk
     */
    public Fetched fetch(Task task) throws IOException {
        if (!ledger.renew(task)) {
            return new Fetched(task, Outcome.LOST, List.of(), null);
        }
        Path folder = outbox.resolve(task.folder());
        Files.createDirectories(folder);
        Leftovers.remove(folder, task);
        if (task.videos().isEmpty()) {
            return new Fetched(task, Outcome.EXPIRED, List.of(), "the provider shows no video");
        }
        List<Video> videos = new ArrayList<>();
        for (Video video : task.videos()) {
            try {
                videos.add(published(folder, video) ? video : fetch(task, folder, video));
            } catch (UnsafeLink e) {
                return new Fetched(task, Outcome.UNSAFE, List.of(), e.getMessage());
            } catch (Expired e) {
                return new Fetched(task, Outcome.EXPIRED, List.of(), e.getMessage());
            } catch (Transfer.Broken e) {
                return new Fetched(task, Outcome.BROKEN, List.of(), e.getMessage());
            } catch (Transfer.Lost e) {
                return new Fetched(task, Outcome.LOST, List.of(), null);
            }
        }
        return new Fetched(task, Outcome.WHOLE, videos, null);
    }

    @Override
    public synchronized void close() throws IOException {
        if (client != null) {
            client.close();
            client = null;
        }
    }

    private static final class Expired extends IOException {
        private static final long serialVersionUID = 1;

        Expired(String message) {
            super(message);
        }
    }

    /** Whether it came home before a crash: our name, our size, our hash. */
    private static boolean published(Path folder, Video video) throws IOException {
        return video.file() != null && OutboxFile.is(folder.resolve(video.file()), video);
    }

    private Video fetch(Task task, Path folder, Video video) throws IOException {
        Link link = Link.checked(video.url(), privateAllowed);
        String stem = OutboxFile.stem(task.stem(), video.number());
        Path part = Durable.part(folder, stem, task, task.claim());
        boolean whole = false;
        try (FileChannel file =
                FileChannel.open(
                        part,
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE)) {
            Transfer.Copied copied = copy(task, link, file);
            String fault = Mp4.fault(file);
            if (fault != null) {
                throw new Transfer.Broken(fault);
            }
            file.force(true);
            whole = true;
            return video.verified(stem + ".mp4", copied.size(), copied.sha256());
        } finally {
            if (!whole) {
                Files.deleteIfExists(part);
            }
        }
    }

    private Transfer.Copied copy(Task task, Link link, FileChannel file) throws IOException {
        Local local = new Local();
        try {
            return client().get(link, response -> local.run(() -> copy(task, response, file)));
        } catch (UnsafeLink | Expired | Transfer.Broken | Transfer.Lost e) {
            throw e;
        } catch (IOException e) {
            if (local.trouble != null) {
                throw local.trouble;
            }
            throw new Transfer.Broken(
                    link.uri().getHost() + " cannot be reached: " + e.getMessage());
        }
    }

    /** Tells trouble of this machine, such as a full disk, from trouble on the way. */
    private static final class Local {
        interface Copy {
            Transfer.Copied run() throws IOException;
        }

        private IOException trouble;

        Transfer.Copied run(Copy copy) throws IOException {
            try {
                return copy.run();
            } catch (IOException e) {
                trouble = e;
                throw e;
            }
        }
    }

    private Transfer.Copied copy(Task task, ClassicHttpResponse response, FileChannel file)
            throws IOException {
        int status = response.getCode();
        if (status == 403 || status == 404 || status == 410) {
            throw new Expired("the link has expired (HTTP " + status + ")");
        }
        HttpEntity entity = response.getEntity();
        if (status != 200 || entity == null) {
            throw new Transfer.Broken("the download host answered HTTP " + status);
        }
        String type = String.valueOf(entity.getContentType()).toLowerCase(Locale.ROOT);
        if (type.contains("html") || type.contains("json")) {
            throw new Transfer.Broken("the download host sent " + type + ", not a video");
        }
        if (entity.getContentLength() > maxBytes) {
            throw new Transfer.Broken(
                    "it is larger than " + maxBytes + " bytes (kling.download.max-bytes)");
        }
        try (InputStream in = entity.getContent()) {
            return Transfer.copy(in, file, maxBytes, new Holding(task));
        } catch (Transfer.Broken | Transfer.Lost e) {
            // or closing would read the rest; a connection that broke complains once more
            try {
                response.close();
            } catch (IOException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
    }

    /** Holds the claim while bytes flow, and ends a transfer that never would. */
    private final class Holding implements Transfer.Progress {
        private final Task task;
        private final long start = System.nanoTime();
        private long renewed = start;

        Holding(Task task) {
            this.task = task;
        }

        @Override
        public void check() throws IOException {
            long now = System.nanoTime();
            if (now - start > patience.toNanos()) {
                throw new Transfer.Broken("it was not whole after " + patience);
            }
            if (now - renewed > renewal.toNanos()) {
                renewed = now;
                if (!ledger.renew(task)) {
                    throw new Transfer.Lost();
                }
            }
        }
    }

    private synchronized VideoClient client() {
        if (client == null) {
            client = new VideoClient(privateAllowed);
        }
        return client;
    }
}
