package dev.klingroutes.cli;

import dev.klingroutes.Settings;
import dev.klingroutes.task.Ledger;
import dev.klingroutes.task.LedgerSource;
import java.time.Clock;
import java.util.function.Supplier;

/** What all commands work with: the application's settings, and its ledger beside it. */
public final class Desk {
    private final Supplier<Settings> source;
    private final Clock clock;
    private Settings settings;

    /**
     * @param source throws CannotStart if the settings are not right; asked once, when a command
     *     needs them
     */
    public Desk(Supplier<Settings> source) {
        this(source, Clock.systemUTC());
    }

    Desk(Supplier<Settings> source, Clock clock) {
        this.source = source;
        this.clock = clock;
    }

    Settings settings() {
        if (settings == null) {
            settings = source.get();
        }
        return settings;
    }

    /**
     * The ledger, opened beside the applications on it.
     *
     * @throws dev.klingroutes.CannotStart if there is none, or it is of another version
     */
    Ledger ledger() {
        Ledger ledger = new Ledger(LedgerSource.beside(settings()), settings(), clock);
        ledger.open();
        return ledger;
    }
}
