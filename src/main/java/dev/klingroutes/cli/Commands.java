package dev.klingroutes.cli;

import dev.klingroutes.CannotStart;
import dev.klingroutes.task.NotPossible;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.util.ObjectHelper;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

/** The command line on the application's ledger, also while the application runs. */
@Command(
        name = "java -jar kling-routes.jar",
        description = {
            "Without a command this is the application; with one, something is done by hand and it"
                    + " ends. Both read the same settings."
        },
        footer = {
            "",
            "-profile NAME before the command does what it does for the application:",
            "java -jar kling-routes.jar -profile sandbox tasks"
        })
public final class Commands {
    static final int FINE = 0;
    static final int WRONG = 1;
    static final int USAGE = 2;

    private static final Map<String, String> EXIT_CODES = exitCodes();

    private Commands() {}

    /**
     * Does what the words say.
     *
     * @param out gets the result and nothing else
     * @param err gets why there is none
     * @return the exit code
     */
    public static int run(Desk desk, PrintWriter out, PrintWriter err, String... words) {
        CommandLine all = new CommandLine(new Commands());
        CommandLine tasks = new CommandLine(new TasksCommand(desk));
        tasks.addSubcommand(new ShowCommand(desk))
                .addSubcommand(new RetryCommand(desk))
                .addSubcommand(new CancelCommand(desk))
                .addSubcommand(new SettleCommand(desk));
        all.addSubcommand(tasks)
                .addSubcommand(new CostCommand(desk))
                .addSubcommand(new CheckCommand(desk))
                .addSubcommand(new DoctorCommand(desk));
        describe(all);
        return all.setOut(out)
                .setErr(err)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((e, command, parsed) -> failed(e, command.getErr()))
                .execute(words);
    }

    private static void describe(CommandLine command) {
        CommandSpec spec = command.getCommandSpec();
        spec.mixinStandardHelpOptions(true);
        spec.versionProvider(() -> new String[] {"Kling Routes " + version()});
        spec.usageMessage()
                .exitCodeListHeading("%nExit codes:%n")
                .exitCodeList(EXIT_CODES)
                .sortOptions(false);
        command.getSubcommands().values().forEach(Commands::describe);
    }

    private static Map<String, String> exitCodes() {
        Map<String, String> codes = new LinkedHashMap<>();
        codes.put(" " + FINE, "fine");
        codes.put(" " + WRONG, "not possible, or something is wrong; it was said what");
        codes.put(" " + USAGE, "this is not how it is called");
        codes.put(
                "" + CannotStart.EXIT_CODE,
                "settings, folders or the ledger are not as they must be");
        return codes;
    }

    private static String version() {
        String version = Commands.class.getPackage().getImplementationVersion();
        return version == null ? "(not packaged)" : version;
    }

    private static int failed(Exception e, PrintWriter err) {
        CannotStart reason = ObjectHelper.getException(CannotStart.class, e);
        if (reason != null) {
            err.println(Words.lines(reason.getMessage()));
            return CannotStart.EXIT_CODE;
        }
        boolean expected = e instanceof NotPossible;
        err.println(Words.lines(expected ? e.getMessage() : e.toString()));
        return WRONG;
    }
}
