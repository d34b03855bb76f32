package dev.klingroutes.video;

import dev.klingroutes.HostHttp;
import dev.klingroutes.Settings;
import dev.klingroutes.task.Ledger;
import dev.klingroutes.task.Task;
import dev.klingroutes.task.Video;
import dev.klingroutes.video.Fetched.Outcome;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.support.LifecycleStrategySupport;

/** Brings the bytes of a finished task home, under a name that nobody takes for a whole video. */
public final class Download implements CamelContextAware, AutoCloseable {
    private final Ledger ledger;
    private final Path outbox;
    private final LinkRules rules;
    private final long maxBytes;
    private final Duration renewal;
    private final Duration patience;
    private final VideoClient given;
    private final HostHttp host;
    private VideoClient client;
    private volatile boolean stopping;
    private CamelContext camel;

    /** Reads {@code kling.download.*}, {@code kling.outbox.dir} and {@code kling.http.proxy}. */
    public Download(Ledger ledger, Settings settings) {
        this(ledger, settings, null);
    }

    Download(Ledger ledger, Settings settings, VideoClient client) {
        this.ledger = ledger;
        outbox = settings.folder("kling.outbox.dir");
        rules = LinkRules.of(settings);
        maxBytes = settings.bytes("kling.download.max-bytes");
        patience = settings.duration("kling.download.patience");
        renewal = ledger.lease().dividedBy(3);
        given = client;
        host = new HostHttp(settings);
    }

    /** Parks what is under way as soon as this application begins to stop. */
    @Override
    public void setCamelContext(CamelContext camelContext) {
        camel = camelContext;
        camelContext.addLifecycleStrategy(
                new LifecycleStrategySupport() {
                    @Override
                    public void onContextStopping(CamelContext context) {
                        close();
                    }
                });
    }

    @Override
    public CamelContext getCamelContext() {
        return camel;
    }

    /**
     * Fetches all videos of the task.
     *
     * @throws IOException for trouble of this machine, such as a full disk
     */
    public Fetched fetch(Task claimed) throws IOException {
        if (stopping) {
            return new Fetched(claimed, Outcome.PARKED, List.of(), null);
        }
        Task task = ledger.trying(claimed);
        if (task == null) {
            return new Fetched(claimed, Outcome.LOST, List.of(), null);
        }
        Path folder = Durable.folder(outbox, task.folder());
        Leftovers leftovers = new Leftovers(folder, task);
        try {
            List<Video> videos = fetch(task, folder, leftovers);
            leftovers.outdone(true);
            return new Fetched(task, Outcome.WHOLE, videos, null);
        } catch (UnsafeLink e) {
            return new Fetched(task, Outcome.UNSAFE, List.of(), e.getMessage());
        } catch (Offer.Expired e) {
            if (e.gone() && task.missingSince() != null) {
                leftovers.outdone(true);
            }
            Outcome outcome = e.gone() ? Outcome.GONE : Outcome.EXPIRED;
            return new Fetched(task, outcome, List.of(), e.getMessage());
        } catch (Transfer.Wrong e) {
            leftovers.outdone(true);
            return new Fetched(task, Outcome.WRONG, List.of(), e.getMessage());
        } catch (Transfer.Broken e) {
            Outcome outcome = stopping ? Outcome.PARKED : Outcome.BROKEN;
            return new Fetched(task, outcome, List.of(), e.getMessage());
        } catch (Transfer.Lost e) {
            return new Fetched(task, Outcome.LOST, List.of(), null);
        } finally {
            leftovers.remove();
        }
    }

    /** Breaks what is under way, for the next start to go on with. */
    @Override
    public synchronized void close() {
        stopping = true;
        if (client != null) {
            client.close();
        }
    }

    private List<Video> fetch(Task task, Path folder, Leftovers leftovers) throws IOException {
        if (task.videos().isEmpty()) {
            throw new Offer.Expired("the provider shows no video", true);
        }
        List<Video> videos = new ArrayList<>();
        for (Video video : task.videos()) {
            videos.add(published(folder, video) ? video : fetch(task, folder, video, leftovers));
        }
        return videos;
    }

    /** Whether it came home before a crash: our name, our size, our hash. */
    private static boolean published(Path folder, Video video) throws IOException {
        return video.file() != null && OutboxFile.is(folder.resolve(video.file()), video);
    }

    private Video fetch(Task task, Path folder, Video video, Leftovers leftovers)
            throws IOException {
        Link link = Link.checked(video.url(), rules);
        Part part = new Part(folder, task, video, link, maxBytes, new Holding(task));
        boolean useful = false;
        boolean outdone = false;
        try {
            part.resume(leftovers.claims());
            useful = true;
            if (!part.isComplete()) {
                rest(link, part);
            }
            String fault = Mp4.fault(part.bytes());
            if (fault != null) {
                throw new Transfer.Wrong(fault);
            }
            part.finish();
            String name = OutboxFile.stem(task.stem(), video.number()) + ".mp4";
            return video.verified(name, part.size(), part.sha256());
        } catch (Transfer.Wrong | Transfer.Lost | UnsafeLink e) {
            useful = false;
            throw e;
        } catch (Transfer.Broken e) {
            useful = ledger.renew(task);
            throw e;
        } catch (Offer.Expired e) {
            // a task that may soon be given up must leave nothing
            useful = !(e.gone() && task.missingSince() != null) && ledger.renew(task);
            throw e;
        } catch (ClosedByInterruptException | InterruptedIOException stopped) {
            throw stopped;
        } catch (IOException fullDiskPerhaps) {
            // bytes can be had again, and the room that they take may be what all others wait for
            useful = false;
            outdone = true;
            throw fullDiskPerhaps;
        } finally {
            leftovers.outdone(part.close(useful) || outdone);
        }
    }

    private void rest(Link link, Part part) throws IOException {
        client().get(
                        link,
                        part.asking(),
                        response -> {
                            Offer offer = Offer.of(response, part, maxBytes);
                            part.take(offer, response.getEntity().getContent());
                            return null;
                        });
    }

    /** Holds the claim while bytes flow. */
    private final class Holding implements Transfer.Progress {
        private final Task task;
        private long renewed = System.nanoTime();

        Holding(Task task) {
            this.task = task;
        }

        @Override
        public boolean check() throws IOException {
            if (stopping) {
                throw new Transfer.Broken("the application stops");
            }
            long now = System.nanoTime();
            if (now - renewed <= renewal.toNanos()) {
                return false;
            }
            renewed = now;
            if (!ledger.renew(task)) {
                throw new Transfer.Lost();
            }
            return true;
        }
    }

    private synchronized VideoClient client() throws Transfer.Broken {
        if (stopping) {
            throw new Transfer.Broken("the application stops");
        }
        if (client == null) {
            client =
                    given != null
                            ? given
                            : new VideoClient(
                                    rules,
                                    new PublicAddresses(rules.privateAllowed()),
                                    patience,
                                    VideoClient.SILENCE,
                                    host);
        }
        return client;
    }
}
