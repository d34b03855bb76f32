package dev.klingroutes.cli;

import dev.klingroutes.task.ByHand;
import dev.klingroutes.task.NotPossible;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "settle",
        description =
                "Says what became of a task that is UNCERTAIN, as the provider's console shows it.")
final class SettleCommand implements Callable<Integer> {
    private final Desk desk;
    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "ID", description = "See tasks --help")
    private String id;

    @ArgGroup(multiplicity = "1")
    private Outcome outcome;

    private static final class Outcome {
        @Option(
                names = "--not-created",
                required = true,
                description = "It was not created: it is sent, under the same external_task_id")
        private boolean notCreated;

        @Option(
                names = "--task-id",
                paramLabel = "TASK_ID",
                required = true,
                description = "It was created under this name: it is looked at")
        private String taskId;
    }

    SettleCommand(Desk desk) {
        this.desk = desk;
    }

    @Override
    public Integer call() throws NotPossible {
        return Hand.on(
                desk,
                spec,
                id,
                (ledger, task) ->
                        outcome.notCreated
                                ? new ByHand(ledger).notCreated(task)
                                : new ByHand(ledger).created(task, outcome.taskId.strip()));
    }
}
