package dev.klingroutes.video;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinkTest {
    private static final LinkRules STRICT = new LinkRules(false, List.of());

    @ParameterizedTest
    @CsvSource({
        "file:///etc/passwd,not https",
        "http://example.com/x.mp4,the link to example.com is not https",
        "//example.com/x.mp4,not https",
        "x.mp4,not https",
        "https://key@example.com/x.mp4,the link to example.com has no plain host",
        "https://example.com@10.0.0.1/x.mp4,the link to 10.0.0.1 has no plain host",
        "https:///x.mp4,no plain host",
        "https:x.mp4,no plain host",
        "https://0177.0.0.1/x.mp4,no plain host",
        "https://2130706433/x.mp4,no plain host",
        "https://0x7f000001/x.mp4,no plain host",
        "https://0x7f.0.0.1/x.mp4,no plain host",
        "https://127.1/x.mp4,no plain host",
        "https://127.0.0.1./x.mp4,no plain host",
        "https://localhost./x.mp4,no plain host",
        "https://%31%32%37.0.0.1/x.mp4,no plain host",
        "https://１２７.０.０.１/x.mp4,no plain host",
        "https://[fe80::1%25eth0]/x.mp4,no plain host",
        "https://example.com:99999/x.mp4,no plain host",
        "https://{{kling.api.url}}/x.mp4,the link to ??kling.api.url?? is not a valid URL",
        "https://example.com/a b.mp4,not a valid URL",
        "https://example.com\\@10.0.0.1/x.mp4,not a valid URL",
        "'https://example.com/x.mp4\r\nX: y',not a valid URL",
        "'',not https"
    })
    void a_link_that_is_not_plain_https_is_unsafe_and_not_repeated(String link, String reason) {
        String text = link.replace("\\r\\n", "\r\n");
        assertThatThrownBy(() -> Link.checked(text, STRICT))
                .isInstanceOf(UnsafeLink.class)
                .hasMessageContaining(reason)
                .hasMessageNotContaining("x.mp4")
                .hasMessageNotContaining("key");
    }

    @Test
    void http_is_good_where_private_addresses_are() throws Exception {
        LinkRules lenient = new LinkRules(true, List.of());
        String link = "http://127.0.0.1:1/a%2Fb?Sig=a%2Bb==&&x";

        assertThat(Link.checked(link, lenient).uri()).hasToString(link);
        assertThatThrownBy(() -> Link.checked("ftp://127.0.0.1/x", lenient))
                .isInstanceOf(UnsafeLink.class);
    }

    @Test
    void https_may_not_be_left_by_a_redirect() throws Exception {
        Link link = Link.checked("https://a.test/b/c?d", STRICT);

        assertThat(link.redirected("e?f=%2B", STRICT).uri())
                .hasToString("https://a.test/b/e?f=%2B");
        assertThatThrownBy(() -> link.redirected("http://a.test/b", STRICT))
                .isInstanceOf(UnsafeLink.class);
    }

    @ParameterizedTest
    @CsvSource({
        "?k=2%2B,https://a.test:8443/b%2Fc/x.mp4?k=2%2B",
        "?,https://a.test:8443/b%2Fc/x.mp4?",
        "'',https://a.test:8443/b%2Fc/x.mp4?d=1",
        "#top,https://a.test:8443/b%2Fc/x.mp4?d=1",
        "y?k=2,https://a.test:8443/b%2Fc/y?k=2",
        "/y,https://a.test:8443/y",
        "//b.test?k=2,https://b.test?k=2"
    })
    void a_redirect_is_put_onto_the_link_it_came_from(String location, String to) throws Exception {
        Link link = Link.checked("https://a.test:8443/b%2Fc/x.mp4?d=1", STRICT);

        assertThat(link.redirected(location, STRICT).uri()).hasToString(to);
    }

    @ParameterizedTest
    @CsvSource({
        "a.test,true",
        "A.Test,true",
        "b.a.test,false",
        "x.b.test,true",
        "x.y.b.test,true",
        "b.test,false",
        "xb.test,false",
        "a.test.evil.test,false"
    })
    void only_hosts_that_are_listed_are_good_where_any_are(String host, boolean good) {
        LinkRules rules = new LinkRules(false, LinkRules.hosts(" A.test, *.b.test ,"));

        assertThat(rules.allows(host)).isEqualTo(good);
        assertThat(STRICT.allows(host)).isTrue();
        if (!good) {
            assertThatThrownBy(() -> Link.checked("https://" + host + "/x", rules))
                    .isInstanceOf(UnsafeLink.class)
                    .hasMessage("the link to " + host + " leads to none of kling.download.hosts");
        }
    }

    @Test
    void a_fresh_link_to_the_same_thing_is_known() throws Exception {
        String object = Link.checked("https://a.test/v.mp4?Sig=1", STRICT).object();

        assertThat(Link.checked("https://a.test/v.mp4?Sig=2#x", STRICT).object())
                .isEqualTo(object)
                .doesNotContain("Sig");
    }
}
