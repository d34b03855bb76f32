package dev.klingroutes.cli;

import dev.klingroutes.task.ByHand;
import dev.klingroutes.task.NotPossible;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "retry",
        description =
                "Sets a task going again. What may exist at the provider is looked at or looked up; only what certainly was not created, or was reported failed, is bought anew.")
final class RetryCommand implements Callable<Integer> {
    private final Desk desk;
    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "ID", description = "See tasks --help")
    private String id;

    RetryCommand(Desk desk) {
        this.desk = desk;
    }

    @Override
    public Integer call() throws NotPossible {
        return Hand.on(desk, spec, id, (ledger, task) -> new ByHand(ledger).retry(task));
    }
}
