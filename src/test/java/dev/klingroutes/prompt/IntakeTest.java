package dev.klingroutes.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.klingroutes.Settings;
import dev.klingroutes.task.Acceptance;
import dev.klingroutes.task.TestLedger;
import dev.klingroutes.task.TestLedger.On;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IntakeTest {
    @TempDir Path home;

    /** A few names are asked for one by one, many are looked for in one reading of the folders. */
    @ParameterizedTest
    @ValueSource(ints = {10, 150})
    void aNameThatAFileHasIsNotGivenAway(int rows) throws Exception {
        Files.createDirectories(home.resolve("outbox"));
        Files.createFile(home.resolve("outbox/cups-001.mp4"));
        Files.createSymbolicLink(home.resolve("outbox/cups-002.json"), Path.of("nowhere"));
        Files.createDirectories(home.resolve("failed"));
        Files.createFile(home.resolve("failed/cups-003.error.json"));
        Files.createFile(home.resolve("failed/cups-004.mp4"));
        try (TestLedger ledger = TestLedger.on(On.SQLITE, folders())) {
            Inbox inbox = inbox(ledger);
            Files.writeString(home.resolve("inbox/cups.csv"), "prompt\n" + "a cup\n".repeat(rows));

            intake(ledger, inbox).accept(inbox.take("cups.csv"));

            for (int row = 1; row <= rows; row++) {
                String stem =
                        ledger.value(
                                String.class,
                                "select stem from kling_task where drop_index = " + (row - 1));
                String wish = "cups-%03d".formatted(row);
                if (row <= 3) {
                    assertThat(stem).startsWith(wish + "~");
                } else {
                    assertThat(stem).isEqualTo(wish);
                }
            }
        }
    }

    /** A process was killed after it had accepted the drop, or could not move its file. */
    @Test
    void aDropThatWasAcceptedIsNotRefusedByWhatHoldsNow() throws Exception {
        try (TestLedger ledger = TestLedger.on(On.SQLITE, folders())) {
            Inbox inbox = inbox(ledger);
            Files.writeString(home.resolve("inbox/cup.txt"), "a cup");
            Drop drop = inbox.take("cup.txt");
            ledger.acceptance()
                    .accept(
                            drop.id(),
                            "cup.txt",
                            "",
                            List.of(new Acceptance.Wanted("cup", "text2video", "{}")),
                            taken -> false);
            Files.writeString(home.resolve("inbox/_defaults.yaml"), "mdoe: pro");

            assertThat(intake(ledger, inbox).accept(drop)).contains("was accepted before");

            assertThat(home.resolve("accepted/cup.txt")).hasContent("a cup");
            assertThat(ledger.value(Integer.class, "select count(*) from kling_task")).isOne();
        }
    }

    @Test
    void aDropThatAnotherNodeHasFinishedIsNoTrouble() throws Exception {
        try (TestLedger ledger = TestLedger.on(On.SQLITE, folders())) {
            Inbox inbox = inbox(ledger);
            RefusedDrops refused = new RefusedDrops(inbox, ledger.settings(), ledger.clock());
            Files.writeString(home.resolve("inbox/cup.json"), "{");
            Drop drop = inbox.take("cup.json");
            PromptRefused refusal = PromptRefused.unreadable(drop.file());
            refused.refuse(drop, refusal);

            assertThat(intake(ledger, inbox).accept(drop)).contains("another node");
            assertThat(refused.refuse(drop, refusal)).contains("another node");

            try (Stream<Path> failed = Files.list(home.resolve("failed"))) {
                assertThat(failed.map(file -> file.getFileName().toString()))
                        .containsExactlyInAnyOrder("cup.json", "cup.error.json");
            }
        }
    }

    private Inbox inbox(TestLedger ledger) {
        Inbox inbox = new Inbox(ledger.settings());
        inbox.belongTo(ledger.ledger().id());
        return inbox;
    }

    private static Intake intake(TestLedger ledger, Inbox inbox) {
        Settings settings = ledger.settings();
        return new Intake(
                inbox,
                new PromptReader(new Models(settings), settings),
                ledger.acceptance(),
                settings,
                new RefusedDrops(inbox, settings, ledger.clock()));
    }

    private Map<String, String> folders() {
        return Map.of(
                "kling.inbox.dir", home.resolve("inbox").toString(),
                "kling.accepted.dir", home.resolve("accepted").toString(),
                "kling.outbox.dir", home.resolve("outbox").toString(),
                "kling.failed.dir", home.resolve("failed").toString());
    }
}
