package dev.klingroutes.cli;

import dev.klingroutes.task.Ledger;
import dev.klingroutes.task.Listing;
import dev.klingroutes.task.NotPossible;
import dev.klingroutes.task.Task;
import picocli.CommandLine.Model.CommandSpec;

/** Does one thing to one task, as it is read, and says what happened. */
final class Hand {
    interface Deed {
        String on(Ledger ledger, Task task) throws NotPossible;
    }

    private Hand() {}

    static int on(Desk desk, CommandSpec spec, String id, Deed deed) throws NotPossible {
        try (Ledger ledger = desk.ledger()) {
            Task task = new Listing(ledger).one(id).task();
            try {
                String story = deed.on(ledger, task);
                spec.commandLine().getOut().println(Words.line(task.name()) + "  " + story);
                return Commands.FINE;
            } catch (NotPossible e) {
                String why = "nothing was done: " + e.getMessage();
                spec.commandLine()
                        .getErr()
                        .println(Words.line(task.name()) + "  " + Words.line(why));
                return Commands.WRONG;
            }
        }
    }
}
