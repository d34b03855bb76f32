package dev.klingroutes.video;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class ForcingTest {
    private static final long MUCH = Forcing.EVERY_BYTES;

    private final List<Boolean> forced = new CopyOnWriteArrayList<>();
    private final Forcing forcing = new Forcing(forced::add);

    @Test
    void a_small_file_is_forced_once() throws Exception {
        forcing.grown(1);
        forcing.grown(MUCH - 1);
        forcing.all();

        assertThat(forced).containsExactly(true);
    }

    @Test
    void a_large_one_is_forced_on_the_way_and_at_its_end() throws Exception {
        forcing.grown(MUCH);
        await().until(() -> forced.size() == 1);
        forcing.grown(MUCH + 1);
        forcing.grown(2 * MUCH - 1);
        forcing.all();

        assertThat(forced).containsExactly(false, true);
    }

    @Test
    void one_that_begins_anew_is_forced_on_the_way_again() throws Exception {
        forcing.grown(MUCH);
        await().until(() -> forced.size() == 1);
        forcing.grown(0);
        // not before the first time has ended
        await().until(
                        () -> {
                            forcing.grown(MUCH);
                            return forced.size() == 2;
                        });
        forcing.all();

        assertThat(forced).containsExactly(false, false, true);
    }

    @Test
    void while_a_slow_disk_is_at_it_no_more_is_begun_and_the_end_waits() throws Exception {
        CountDownLatch slow = new CountDownLatch(1);
        Forcing onSlowDisk =
                new Forcing(
                        metadata -> {
                            if (!metadata) {
                                await().until(() -> slow.getCount() == 0);
                            }
                            forced.add(metadata);
                        });
        onSlowDisk.grown(MUCH);
        onSlowDisk.grown(3 * MUCH);
        assertThat(forced).isEmpty();

        slow.countDown();
        onSlowDisk.all();
        assertThat(forced).containsExactly(false, true);
    }

    @Test
    void what_failed_on_the_way_is_not_forgotten_at_the_end() throws Exception {
        Forcing onBadDisk =
                new Forcing(
                        metadata -> {
                            if (!metadata) {
                                throw new IOException("bad disk");
                            }
                            forced.add(metadata);
                        });
        onBadDisk.grown(MUCH);

        assertThatThrownBy(onBadDisk::all).isInstanceOf(IOException.class).hasMessage("bad disk");
        assertThat(forced).isEmpty();
    }
}
