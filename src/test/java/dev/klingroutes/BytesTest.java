package dev.klingroutes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BytesTest {
    @ParameterizedTest
    @CsvSource({
        "0,0",
        "1000,1000",
        "1KB,1024",
        "64MB,67108864",
        "2GB,2147483648",
        "2 gb,2147483648",
        "1T,1099511627776",
        "5b,5",
        "' 7K ',7168"
    })
    void a_size_as_settings_write_it(String text, long bytes) {
        assertThat(Bytes.of(text).count()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "MB", "-1", "1.5GB", "64MiB", "1 000", "999999999999TB", "0x10"})
    void anything_else_is_refused(String text) {
        assertThatThrownBy(() -> Bytes.of(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
