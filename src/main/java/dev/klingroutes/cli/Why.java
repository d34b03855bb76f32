package dev.klingroutes.cli;

import static java.util.stream.Collectors.joining;

import dev.klingroutes.task.Listing;
import dev.klingroutes.task.Task;
import dev.klingroutes.task.Video;

/** What a task waits for, or why it is where it is, in one line. */
final class Why {
    private static final int SOON_MILLIS = 1000;

    private Why() {}

    /**
     * @param shut why the gate lets nothing pass now, or null
     */
    static String of(Listing.Line line, String shut) {
        Task task = line.task();
        return switch (task.state()) {
            case ACCEPTED ->
                    trouble(task, shut == null ? "to be sent" : "to be sent: " + shut)
                            + again("", line);
            case SUBMITTING -> "its create call is under way";
            case UNCERTAIN -> trouble(task, "may have been created") + again("looked up", line);
            case SUBMITTED -> trouble(task, "rendering") + again("looked at", line);
            case OVERDUE ->
                    line.dueIn() == null
                            ? "rendering for 30 days, not looked at any more; retry looks again"
                            : trouble(task, "still rendering") + again("looked at", line);
            case SUCCEEDED -> trouble(task, "to be downloaded") + again("", line);
            case DELIVERED ->
                    task.videos().stream()
                            .map(Video::file)
                            .filter(file -> file != null)
                            .collect(joining(", "));
            case FAILED -> trouble(task, "failed");
            case CANCELLED ->
                    task.mayHaveBeenBought()
                            ? "may still be charged"
                                    + (task.money().cost() == null
                                            ? ""
                                            : " (about " + task.money().cost() + ")")
                            : "nothing was bought";
        };
    }

    /** What went wrong last; a good answer's message says nothing. */
    private static String trouble(Task task, String otherwise) {
        boolean good = task.code() == null || task.code().equals("0");
        boolean told = task.message() != null && !task.message().isBlank();
        if (good) {
            boolean reason = told && task.state().ended();
            return reason ? task.message() : otherwise;
        }
        return told ? task.code() + ": " + task.message() : task.code();
    }

    private static String again(String what, Listing.Line line) {
        if (line.held()) {
            return ", at work on it";
        }
        if (line.dueIn() == null || line.dueIn() <= SOON_MILLIS) {
            return "";
        }
        return ", " + (what + " again in ").stripLeading() + Words.span(line.dueIn());
    }
}
