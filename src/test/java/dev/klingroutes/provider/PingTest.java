package dev.klingroutes.provider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.klingroutes.Settings;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PingTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "200 | {\"code\":0,\"data\":[]}                          | -",
                "400 | {\"code\":1201,\"message\":\"Task not found\"}      | -",
                "404 | {\"code\":1203}                                 | -",
                "401 | {\"code\":1002}                                 | the key of COMETAPI_KEY is not accepted",
                "403 | {\"message\":\"no\"}                              | the key of COMETAPI_KEY is not accepted",
                "402 | {}                                            | the account has no balance",
                "429 | {\"code\":1102}                                 | the account has no balance",
                "403 | {\"message\":\"Account balance not enough\"}      | the account has no balance",
                "429 | {\"code\":1304}                                 | IP white list",
                "200 | <html>welcome</html>                          | this is not the API",
                "503 | {\"code\":5001}                                 | it is in trouble"
            })
    void it_says_what_is_wrong(int status, String body, String fault) throws Exception {
        try (RawServer server = new RawServer()) {
            server.answers(
                    "HTTP/1.1 %d X\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"
                            .formatted(status, body.length(), body));

            Ping ping =
                    Ping.provider(
                            Settings.of(
                                    Map.of("kling.api.url", server.url(), "COMETAPI_KEY", "k")));

            if (fault == null) {
                assertThat(ping.fault()).isNull();
            } else {
                assertThat(ping.fault()).contains(fault);
            }
        }
    }
}
