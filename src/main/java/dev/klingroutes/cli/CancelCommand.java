package dev.klingroutes.cli;

import dev.klingroutes.task.ByHand;
import dev.klingroutes.task.NotPossible;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "cancel",
        description =
                "Gives a task up. The provider has no cancel: what was sent may be rendered and charged.")
final class CancelCommand implements Callable<Integer> {
    private final Desk desk;
    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "ID", description = "See tasks --help")
    private String id;

    CancelCommand(Desk desk) {
        this.desk = desk;
    }

    @Override
    public Integer call() throws NotPossible {
        return Hand.on(desk, spec, id, (ledger, task) -> new ByHand(ledger).cancel(task));
    }
}
