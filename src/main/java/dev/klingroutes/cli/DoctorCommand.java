package dev.klingroutes.cli;

import dev.klingroutes.CannotStart;
import dev.klingroutes.Settings;
import dev.klingroutes.prompt.Models;
import dev.klingroutes.prompt.PromptReader;
import dev.klingroutes.provider.CallbackCheck;
import dev.klingroutes.provider.Ping;
import dev.klingroutes.task.Callbacks;
import dev.klingroutes.task.Gate;
import dev.klingroutes.task.Ledger;
import dev.klingroutes.task.LedgerSource;
import dev.klingroutes.task.Listing;
import dev.klingroutes.task.TaskState;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "doctor",
        description =
                "Finds out whether the settings, folders, ledger, provider, key and clock are as they"
                        + " must be. It buys nothing.")
final class DoctorCommand implements Callable<Integer> {
    private static final List<String> FOLDERS =
            List.of(
                    "kling.inbox.dir",
                    "kling.accepted.dir",
                    "kling.outbox.dir",
                    "kling.failed.dir");
    private static final Duration CLOCK = Duration.ofSeconds(30);

    private final Desk desk;
    @Spec private CommandSpec spec;

    private final Table findings = new Table();
    private int wrong;

    DoctorCommand(Desk desk) {
        this.desk = desk;
    }

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        if (settings()) {
            FOLDERS.forEach(this::folder);
            ledger();
            space();
            provider();
            callbacks();
        }
        findings.print(out);
        out.println(
                wrong == 0
                        ? "all is well"
                        : Words.count(wrong, "thing") + (wrong == 1 ? " is" : " are") + " wrong");
        return wrong == 0 ? Commands.FINE : Commands.WRONG;
    }

    private boolean settings() {
        try {
            Settings settings = desk.settings();
            new PromptReader(new Models(settings), settings);
            fine("settings", "known and well formed, the models too");
            return true;
        } catch (CannotStart | IllegalArgumentException e) {
            wrong("settings", e.getMessage());
            return false;
        }
    }

    private void folder(String key) {
        String name = key.substring("kling.".length(), key.length() - ".dir".length());
        Path folder = desk.settings().folder(key).toAbsolutePath();
        if (!Files.exists(folder)) {
            Path above = folder;
            while (!Files.exists(above)) {
                above = above.getParent();
            }
            if (Files.isDirectory(above) && Files.isWritable(above)) {
                fine(name, folder + " is not there yet; the application makes it");
            } else {
                wrong(name, folder + " cannot be made (" + key + ")");
            }
            return;
        }
        try {
            // as the application tries it
            Files.deleteIfExists(Files.write(folder.resolve(".kling.tmp"), new byte[0]));
            fine(name, folder + " can be written");
        } catch (IOException e) {
            wrong(name, folder + " cannot be written (" + key + "): " + e);
        }
    }

    private void ledger() {
        LedgerSource source = LedgerSource.beside(desk.settings());
        if (source.file().filter(file -> !Files.exists(file)).isPresent()) {
            fine("ledger", source.shown() + " is not there yet; the application makes it");
            return;
        }
        try (Ledger ledger = desk.ledger()) {
            Map<TaskState, Integer> counts = ledger.count();
            int all = counts.values().stream().mapToInt(Integer::intValue).sum();
            fine("ledger", source.shown() + " has " + Words.count(all, "task"));
            inbox(ledger.id());
            account(new Gate(ledger, desk.settings()).standing());
            if (source.file().isEmpty()) {
                clock(
                        "the ledger's",
                        Duration.ofMillis(System.currentTimeMillis() - new Listing(ledger).now()));
            }
        } catch (CannotStart e) {
            wrong("ledger", e.getMessage());
        }
    }

    private void account(Gate.Standing gate) {
        if (gate.closed() != null) {
            wrong(
                    "account",
                    gate.shut()
                            + "; one task tries again in "
                            + Words.span(gate.probeIn().toMillis()));
        } else {
            String places = gate.running() + " of " + gate.limit() + " places are taken";
            fine("account", gate.shut() == null ? places : gate.shut());
        }
    }

    private void inbox(String ledger) {
        Path marker = desk.settings().folder("kling.inbox.dir").resolve(".ledger");
        try {
            if (Files.exists(marker) && !Files.readString(marker).strip().equals(ledger)) {
                wrong("inbox", "it belongs to another ledger, see " + marker.toAbsolutePath());
            }
        } catch (IOException e) {
            wrong("inbox", marker.toAbsolutePath() + " cannot be read: " + e);
        }
    }

    private void space() {
        LedgerSource source = LedgerSource.beside(desk.settings());
        long least = desk.settings().bytes("kling.ledger.min-free");
        source.file().ifPresent(file -> space("ledger disk", file.getParent(), least));
        space("outbox disk", desk.settings().folder("kling.outbox.dir").toAbsolutePath(), least);
    }

    private void space(String name, Path folder, long least) {
        Path there = folder;
        while (!Files.exists(there)) {
            there = there.getParent();
        }
        try {
            long free = Files.getFileStore(there).getUsableSpace();
            String megabytes = (free >> 20) + " MB are free";
            if (free < least) {
                wrong(
                        name,
                        megabytes + ", fewer than " + (least >> 20) + " (kling.ledger.min-free)");
            } else {
                fine(name, megabytes);
            }
        } catch (IOException e) {
            wrong(name, "it cannot be seen how much is free: " + e);
        }
    }

    private void provider() {
        String address = desk.settings().text("kling.api.url");
        Ping ping = Ping.provider(desk.settings());
        if (ping.fault() == null && desk.settings().key().isEmpty()) {
            keyless(address);
        } else if (ping.fault() == null) {
            fine("provider", address + " answers and takes the key");
        } else {
            wrong("provider", address + ": " + ping.fault());
        }
        ping.ahead().ifPresent(ahead -> clock("the provider's", ahead));
    }

    /** Reached only while an application on this ledger runs. */
    private void callbacks() {
        if (desk.settings().text("kling.callback.url").isEmpty()) {
            return;
        }
        try (Ledger ledger = desk.ledger()) {
            CallbackCheck.Result result =
                    new CallbackCheck(new Callbacks(ledger), desk.settings()).call();
            if (result.reached()) {
                fine("callbacks", result.story());
            } else {
                wrong("callbacks", result.story());
            }
        } catch (CannotStart noLedger) {
            wrong("callbacks", "they can be tried only with a ledger and a running application");
        }
    }

    /** Only a stand-in on this machine needs none. */
    private void keyless(String address) {
        if (address.matches("http://(127\\.0\\.0\\.1|localhost)[:/].*")) {
            fine("provider", address + " answers, without a key");
        } else {
            wrong("provider", address + " answers, but COMETAPI_KEY is not set");
        }
    }

    private void clock(String whose, Duration ahead) {
        if (ahead.abs().compareTo(CLOCK) > 0) {
            wrong(
                    "clock",
                    "this machine's is "
                            + Words.span(ahead.abs().toMillis())
                            + (ahead.isNegative() ? " behind " : " ahead of ")
                            + whose);
        } else {
            fine("clock", "this machine's agrees with " + whose);
        }
    }

    private void fine(String what, String how) {
        findings.row("ok", what, how);
    }

    private void wrong(String what, String how) {
        wrong++;
        findings.row("WRONG", what, how);
    }
}
