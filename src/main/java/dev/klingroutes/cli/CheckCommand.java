package dev.klingroutes.cli;

import dev.klingroutes.prompt.Inbox;
import dev.klingroutes.prompt.Models;
import dev.klingroutes.prompt.Plan;
import dev.klingroutes.prompt.Planner;
import dev.klingroutes.prompt.PromptReader;
import dev.klingroutes.prompt.PromptRefused;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "check",
        description =
                "Tells what a prompt file would buy and for how much, or everything that is wrong with"
                        + " it. Nothing is sent and the file stays where it is.")
final class CheckCommand implements Callable<Integer> {
    private final Desk desk;
    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "A prompt file, anywhere")
    private Path file;

    @Option(
            names = "--folder",
            paramLabel = "NAME",
            description = "As if it was dropped in this folder of the inbox; else as where it lies")
    private String folder;

    CheckCommand(Desk desk) {
        this.desk = desk;
    }

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        if (!Files.isRegularFile(file)) {
            spec.commandLine().getErr().println(Words.line(file + " is no file"));
            return Commands.WRONG;
        }
        Models models = new Models(desk.settings());
        Planner planner =
                new Planner(new PromptReader(models, desk.settings()), models, desk.settings());
        try {
            Path inbox = desk.settings().folder("kling.inbox.dir");
            Plan plan = planner.plan(file, Inbox.defaultsAbove(inbox, folder(inbox)));
            print(plan, out);
            return plan.bought().size() == plan.prompts().size() ? Commands.FINE : Commands.WRONG;
        } catch (PromptRefused e) {
            out.println("refused as a whole, nothing would be bought:");
            out.println(Words.lines(e.getMessage()));
            return Commands.WRONG;
        }
    }

    private String folder(Path inbox) {
        if (folder != null) {
            return folder;
        }
        Path home = inbox.toAbsolutePath().normalize();
        Path lies = file.toAbsolutePath().normalize().getParent();
        return lies.startsWith(home) ? home.relativize(lies).toString().replace('\\', '/') : "";
    }

    private static void print(Plan plan, PrintWriter out) {
        Table table = new Table();
        for (Plan.Planned one : plan.prompts()) {
            table.row(
                    one.name(),
                    one.estimate().map(Object::toString).orElse("price unknown"),
                    one.refusal() == null ? asked(one) : "would be refused: " + one.refusal());
        }
        table.print(out);
        plan.notes().forEach(note -> out.println(Words.line(note)));
        int videos = plan.bought().size();
        out.println(
                "would buy "
                        + Words.count(videos, "video")
                        + plan.total().map(total -> " for about " + total).orElse(""));
    }

    private static String asked(Plan.Planned one) {
        StringBuilder asked = new StringBuilder(one.kind());
        for (String field : new String[] {"model_name", "mode", "duration", "sound"}) {
            Object value = one.request().get(field);
            if (value != null) {
                asked.append(", ").append(field).append(' ').append(value);
            }
        }
        return asked.append(" (").append(one.price()).append(')').toString();
    }
}
