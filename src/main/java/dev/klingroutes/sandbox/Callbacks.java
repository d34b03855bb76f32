package dev.klingroutes.sandbox;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.concurrent.Executors;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a task's {@code callback_url} when it is processing and when it has ended: once each,
 * unsigned and never again. Source: CometAPI, Use Kling callback URLs, 2026; that a lost one is not
 * repeated is an assumption, as nothing about it is documented.
 */
final class Callbacks implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Callbacks.class);

    private record Event(long at, Task task, String status) {}

    private final PriorityBlockingQueue<Event> waiting =
            new PriorityBlockingQueue<>(16, Comparator.comparingLong(Event::at));
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(Threads.daemon("sandbox-callbacks"));
    private final Clock clock;
    private final TaskJson json;
    private final Counters counters;
    private final Supplier<Faults> faults;
    private HttpClient client;

    Callbacks(Clock clock, TaskJson json, Counters counters, Supplier<Faults> faults) {
        this.clock = clock;
        this.json = json;
        this.counters = counters;
        this.faults = faults;
        timer.scheduleWithFixedDelay(this::sendDue, 50, 50, TimeUnit.MILLISECONDS);
    }

    void add(Task task) {
        long now = clock.millis();
        if (task.text("callback_url") == null || task.endsAt() < now) {
            return;
        }
        if (task.processingAt() < task.endsAt() && task.processingAt() >= now) {
            waiting.add(new Event(task.processingAt(), task, "processing"));
        }
        if (task.outcome() != Task.Outcome.STUCK) {
            waiting.add(new Event(task.endsAt(), task, task.status(task.endsAt())));
        }
    }

    private void sendDue() {
        long now = clock.millis();
        for (Event e = waiting.peek(); e != null && e.at <= now; e = waiting.peek()) {
            Event event = waiting.remove();
            String fault = faults.get().draw("callback");
            if (fault.equals("lose")) {
                continue;
            }
            send(event);
            if (fault.equals("twice")) {
                send(event);
            }
        }
    }

    private void send(Event event) {
        counters.callbacks.increment();
        String to = event.task.text("callback_url");
        try {
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create(to))
                            .timeout(Duration.ofSeconds(10))
                            .header("Content-Type", "application/json")
                            .POST(
                                    HttpRequest.BodyPublishers.ofString(
                                            json.data(
                                                    event.task,
                                                    event.status,
                                                    event.at,
                                                    Faults.NONE)))
                            .build();
            client().sendAsync(request, HttpResponse.BodyHandlers.discarding())
                    .whenComplete((response, trouble) -> answered(to, response, trouble));
        } catch (IllegalArgumentException e) {
            LOG.info("Callback to {} is not possible: {}", to, e.getMessage());
        }
    }

    private void answered(String to, HttpResponse<Void> response, Throwable trouble) {
        if (response != null && response.statusCode() / 100 == 2) {
            counters.callbacksAnswered.increment();
        } else {
            LOG.info("Callback to {}: {}", to, response == null ? trouble : response.statusCode());
        }
    }

    private HttpClient client() {
        if (client == null) {
            client =
                    HttpClient.newBuilder()
                            .version(HttpClient.Version.HTTP_1_1)
                            .connectTimeout(Duration.ofSeconds(5))
                            .build();
        }
        return client;
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
