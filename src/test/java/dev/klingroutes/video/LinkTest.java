package dev.klingroutes.video;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinkTest {
    @ParameterizedTest
    @CsvSource({
        "file:///etc/passwd,not https",
        "http://example.com/x.mp4,not https",
        "//example.com/x.mp4,not https",
        "x.mp4,not https",
        "https://key@example.com/x.mp4,no plain host",
        "https:///x.mp4,no plain host",
        "https:x.mp4,no plain host",
        "https://{{kling.api.url}}/x.mp4,not a valid URL",
        "https://example.com/a b.mp4,not a valid URL",
        "'',not https"
    })
    void a_link_that_is_not_plain_https_is_unsafe_and_not_repeated(String link, String reason) {
        assertThatThrownBy(() -> Link.checked(link, false))
                .isInstanceOf(UnsafeLink.class)
                .hasMessageContaining(reason)
                .hasMessageNotContaining("x.mp4");
    }

    @Test
    void http_is_good_where_private_addresses_are() throws Exception {
        String link = "http://127.0.0.1:1/a%2Fb?Sig=a%2Bb==&&x";

        assertThat(Link.checked(link, true).uri()).hasToString(link);
        assertThatThrownBy(() -> Link.checked("ftp://127.0.0.1/x", true))
                .isInstanceOf(UnsafeLink.class);
    }
}
