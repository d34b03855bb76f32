package dev.klingroutes;

import dev.klingroutes.cli.Commands;
import dev.klingroutes.cli.Desk;
import dev.klingroutes.provider.CallbackCheck;
import dev.klingroutes.sandbox.Sandbox;
import dev.klingroutes.sandbox.SandboxSettings;
import dev.klingroutes.task.Callbacks;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.camel.StartupSummaryLevel;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.spi.Registry;
import org.apache.camel.util.ObjectHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The application: {@code java -jar kling-routes.jar}, in the folder whose inbox it watches; with a
 * command, the command line on its ledger.
 */
public final class KlingMain {
    /** EX_SOFTWARE of sysexits.h: the JVM is not what it should be, most likely out of memory. */
    static final int EXIT_ERROR = 70;

    private static final String SANDBOX = "sandbox";

    /** For the command line, where no sandbox ever ran. */
    private static final String NOWHERE = "http://127.0.0.1:9";

    private KlingMain() {}

    public static void main(String[] arguments) {
        try {
            List<String> command = takeProfile(List.of(arguments));
            if (!command.isEmpty()) {
                System.exit(byHand(command));
            }
            prepareJvm();
            endOnError();
            run();
        } catch (Exception e) {
            CannotStart reason = ObjectHelper.getException(CannotStart.class, e);
            if (reason == null) {
                e.printStackTrace();
                System.exit(1);
            }
            System.err.println(reason.getMessage());
            System.exit(CannotStart.EXIT_CODE);
        }
    }

    /**
     * {@code -profile sandbox}, as Camel Main and its Maven plugin say it; what follows is left.
     */
    private static List<String> takeProfile(List<String> arguments) {
        if (arguments.size() < 2 || !arguments.get(0).matches("--?profile")) {
            return arguments;
        }
        System.setProperty("camel.main.profile", arguments.get(1));
        return arguments.subList(2, arguments.size());
    }

    /** The command line: on stdout stands its result, and nobody waits for a log to be set up. */
    private static int byHand(List<String> command) {
        setUnlessSet("slf4j.provider", "org.slf4j.helpers.NOP_FallbackServiceProvider");
        setUnlessSet("slf4j.internal.verbosity", "WARN");
        return Commands.run(
                new Desk(KlingMain::settingsByHand),
                new PrintWriter(System.out, true),
                new PrintWriter(System.err, true),
                command.toArray(String[]::new));
    }

    private static Settings settingsByHand() {
        Settings settings = new SettingsCheck(profile()).settings();
        if (!SANDBOX.equals(profile())) {
            return settings;
        }
        keepSandboxApart();
        try {
            String url = Sandbox.lastUrl(sandboxFolder(settings)).orElse(NOWHERE);
            return Settings.of(key -> key.equals("kling.api.url") ? url : settings.text(key));
        } catch (IOException e) {
            throw new CannotStart("The sandbox's folder cannot be read: " + e, e);
        }
    }

    /** Before the first class of Camel or of the log is loaded. */
    private static void prepareJvm() {
        setUnlessSet("log4j2.configurationFile", "classpath:kling/log4j2.properties");
        if (SANDBOX.equals(profile())) {
            setUnlessSet("log.looks", "debug");
        }
        if (Runtime.version().feature() >= 21) {
            setUnlessSet("camel.threads.virtual.enabled", "true");
        }
    }

    /**
     * Ends the process when an Error ends one of its threads: no worker of Camel outlives one, and
     * a room without workers says nothing and stands still for good. Whoever starts it again loses
     * nothing.
     */
    static void endOnError() {
        Thread.setDefaultUncaughtExceptionHandler(
                (thread, thrown) -> {
                    try {
                        LoggerFactory.getLogger("kling")
                                .error("nothing handles this, in {}", thread.getName(), thrown);
                        if (thrown instanceof Error) {
                            // not by this one, for which the stop would wait
                            new Thread(() -> System.exit(EXIT_ERROR), "kling-error").start();
                        }
                    } catch (Throwable e) {
                        Runtime.getRuntime().halt(EXIT_ERROR);
                    }
                });
    }

    private static void setUnlessSet(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    private static String profile() {
        String profile = System.getenv("CAMEL_MAIN_PROFILE");
        return profile != null ? profile : System.getProperty("camel.main.profile");
    }

    private static void run() throws Exception {
        SettingsCheck check = new SettingsCheck(profile());
        Settings settings = check.settings();
        Main main = new Main();
        main.setPropertyPlaceholderLocations(check.locations());
        main.configure().withRoutesIncludePattern("classpath:kling/routes/*.camel.yaml");
        main.configure().withName("kling-routes");
        main.configure().setStartupSummaryLevel(StartupSummaryLevel.Off);
        CallbackServer.configure(settings, main);
        Stop.configure(settings, main);
        main.addMainListener(new Telling(settings));
        if (SANDBOX.equals(profile())) {
            startSandbox(settings, main);
        } else if (!settings.dryRun()) {
            requireKey();
        }
        Stop.run(settings, main);
    }

    private static void requireKey() {
        String key = System.getenv(Settings.KEY);
        if (key == null || key.isBlank()) {
            throw new CannotStart(
                    """
                    There is no key: the environment variable COMETAPI_KEY is not set.
                    Get one at CometAPI, then:  COMETAPI_KEY=... java -jar kling-routes.jar
                    Or try everything without a key and without paying, in the sandbox:
                      java -Dcamel.main.profile=sandbox -jar kling-routes.jar""");
        }
        if (key.chars().anyMatch(c -> c <= ' ' || c > '~')) {
            throw new CannotStart(
                    "COMETAPI_KEY has a space, a line break or another character that no key has.");
        }
    }

    private static void keepSandboxApart() {
        for (String own :
                List.of(
                        "kling.api.url",
                        "kling.ledger.url",
                        "kling.inbox.dir",
                        "kling.accepted.dir",
                        "kling.outbox.dir",
                        "kling.failed.dir")) {
            if (SettingsCheck.forced(own) != null) {
                throw new CannotStart(
                        "The sandbox has an address, folders and a ledger of its own, so that nothing of"
                                + " it is ever bought; but "
                                + own
                                + " is set by the environment or -D. Unset it for the sandbox.");
            }
        }
    }

    private static Path sandboxFolder(Settings settings) {
        Path inbox = settings.folder("kling.inbox.dir").toAbsolutePath();
        return inbox.resolveSibling("provider");
    }

    private static void startSandbox(Settings settings, Main main) throws IOException {
        keepSandboxApart();
        Sandbox sandbox =
                Sandbox.start(
                        SandboxSettings.defaults()
                                .withRender(settings.duration("kling.sandbox.render"))
                                .withFaults(settings.text("kling.sandbox.faults"))
                                .withFolder(sandboxFolder(settings)));
        main.addOverrideProperty("kling.api.url", sandbox.url());
        Path inbox = Files.createDirectories(settings.folder("kling.inbox.dir"));
        try {
            Files.writeString(
                    inbox.resolve("sample.txt"),
                    "A small ceramic cup on a wooden table, steam rising in soft morning light\n",
                    StandardCharsets.UTF_8,
                    java.nio.file.StandardOpenOption.CREATE_NEW);
        } catch (FileAlreadyExistsException stillThere) {
            return;
        }
    }

    /** Says what this application does. */
    private static final class Telling extends MainListenerSupport {
        private static final Logger LOG = LoggerFactory.getLogger("kling");
        private final Settings settings;

        Telling(Settings settings) {
            this.settings = settings;
        }

        @Override
        public void beforeStart(BaseMainSupport main) {
            // also where no room begins
            main.getCamelContext()
                    .getRegistry()
                    .lookupByNameAndType("klingOpening", Opening.class)
                    .open();
        }

        @Override
        public void afterStart(BaseMainSupport main) {
            if (settings.dryRun()) {
                LOG.info(
                        "this is a dry run: nothing is taken from {} and nobody is called; plans come"
                                + " to {}, refusals to {}",
                        settings.text("kling.inbox.dir"),
                        settings.text("kling.outbox.dir"),
                        settings.text("kling.failed.dir"));
                return;
            }
            if (Stop.mayCutCreates(settings)) {
                LOG.warn(
                        "kling.stop.patience is not longer than kling.submit.deadline: a stop may cut"
                                + " off a create call, which is looked up after the next start");
            }
            if (CallbackServer.wanted(settings)
                    && settings.text("kling.callback.url").startsWith("http:")) {
                LOG.warn(
                        "kling.callback.url is plain http: who listens on the way can forge"
                                + " callbacks, which are hints only; use https across networks");
            }
            LOG.info(
                    "{}, videos come to {}, provider {}",
                    Rooms.of(settings).runs("prompt-inbox")
                            ? "watching " + settings.text("kling.inbox.dir")
                            : "watching no inbox, rooms " + settings.text("kling.rooms"),
                    settings.text("kling.outbox.dir"),
                    main.getCamelContext().resolvePropertyPlaceholders("{{kling.api.url}}"));
            if (CallbackServer.wanted(settings)) {
                tryCallbacks(main.getCamelContext().getRegistry());
            }
        }

        /** Beside the work: the start does not wait for a proxy or a name server. */
        private static void tryCallbacks(Registry registry) {
            CallbackCheck check =
                    new CallbackCheck(
                            registry.lookupByNameAndType("klingCallbacks", Callbacks.class),
                            registry.lookupByNameAndType("klingSettings", Settings.class));
            Thread caller =
                    new Thread(
                            () -> {
                                CallbackCheck.Result result = check.call();
                                if (result.reached()) {
                                    LOG.info("callbacks: {}", result.story());
                                } else {
                                    LOG.warn("callbacks: {}", result.story());
                                }
                            },
                            "kling-callback-check");
            caller.setDaemon(true);
            caller.start();
        }

        @Override
        public void afterStop(BaseMainSupport main) {
            LOG.info(
                    settings.dryRun()
                            ? "stopped; nothing was bought"
                            : "stopped; what is under way goes on with the next start");
        }
    }
}
