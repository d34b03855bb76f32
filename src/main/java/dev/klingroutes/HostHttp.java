package dev.klingroutes;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.apache.camel.CamelContext;
import org.apache.camel.component.http.HttpComponent;
import org.apache.camel.support.jsse.SSLContextParameters;
import org.apache.camel.support.jsse.TrustManagersParameters;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.DefaultHostnameVerifier;
import org.apache.hc.client5.http.ssl.HostnameVerificationPolicy;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.ssl.SSLContexts;

/**
 * How a host reaches the outside, where it has said so: a proxy, and whom its TLS trusts. Asked at
 * the first call, when all that a host binds is there.
 */
public final class HostHttp {
    private static final String TLS = "klingSslContextParameters";
    private static final Pattern PROXY =
            Pattern.compile("([A-Za-z0-9.-]+|\\[[0-9a-fA-F:]+]):(\\d{1,5})");

    private final Settings settings;

    /** Reads {@code kling.http.proxy}. */
    public HostHttp(Settings settings) {
        this.settings = settings;
    }

    /**
     * For the provider's calls: {@code klingSslContextParameters}, or what Camel's {@code https}
     * component has; a client certificate included.
     */
    public TlsSocketStrategy tls() {
        return settings.bean(TLS, SSLContextParameters.class)
                .map(this::context)
                .map(DefaultClientTlsStrategy::new)
                .orElseGet(this::tlsOfComponent);
    }

    /**
     * For strangers: the same, or what Camel's {@code https} component has, but its trust alone. A
     * client certificate is not theirs to see.
     */
    public Optional<SSLContext> trust() {
        return settings.bean(TLS, SSLContextParameters.class)
                .or(this::ofComponent)
                .map(SSLContextParameters::getTrustManagers)
                .map(this::trusting);
    }

    /** {@code kling.http.proxy}, or that of Camel's {@code https} component. */
    public Optional<HttpHost> proxy() {
        String own = settings.text("kling.http.proxy");
        if (!own.isEmpty()) {
            return Optional.of(proxy(own));
        }
        return component()
                .filter(https -> https.getProxyHost() != null && https.getProxyPort() != null)
                .map(https -> new HttpHost("http", https.getProxyHost(), https.getProxyPort()));
    }

    /**
     * Reads a proxy.
     *
     * @throws IllegalArgumentException if it is none
     */
    static HttpHost proxy(String text) {
        var hostAndPort = PROXY.matcher(text);
        if (!hostAndPort.matches() || Integer.parseInt(hostAndPort.group(2)) > 0xffff) {
            throw new IllegalArgumentException(
                    "it must be a host and a port, such as proxy.example.com:3128");
        }
        return new HttpHost("http", hostAndPort.group(1), Integer.parseInt(hostAndPort.group(2)));
    }

    /** Whether the host gave Camel's {@code https} component connections of its own. */
    public boolean hasConnections() {
        return component().filter(https -> https.getClientConnectionManager() != null).isPresent();
    }

    private Optional<HttpComponent> component() {
        CamelContext camel = settings.getCamelContext();
        return camel == null
                ? Optional.empty()
                : Optional.ofNullable(camel.hasComponent("https"))
                        .filter(HttpComponent.class::isInstance)
                        .map(HttpComponent.class::cast);
    }

    private Optional<SSLContextParameters> ofComponent() {
        return component()
                .map(
                        https ->
                                https.getSslContextParameters() != null
                                        ? https.getSslContextParameters()
                                        : https.isUseGlobalSslContextParameters()
                                                ? settings.getCamelContext()
                                                        .getSSLContextParameters()
                                                : null);
    }

    private DefaultClientTlsStrategy tlsOfComponent() {
        SSLContext context =
                ofComponent()
                        .map(this::context)
                        .orElseGet(
                                () ->
                                        component()
                                                        .filter(
                                                                HttpComponent
                                                                        ::isUseSystemProperties)
                                                        .isPresent()
                                                ? SSLContexts.createSystemDefault()
                                                : SSLContexts.createDefault());
        HostnameVerifier names =
                component()
                        .map(HttpComponent::getX509HostnameVerifier)
                        .orElseGet(DefaultHostnameVerifier::new);
        return new DefaultClientTlsStrategy(context, HostnameVerificationPolicy.CLIENT, names);
    }

    private SSLContext context(SSLContextParameters parameters) {
        try {
            return parameters.createSSLContext(settings.getCamelContext());
        } catch (GeneralSecurityException | IOException e) {
            throw new CannotStart("The SSLContextParameters of the host cannot be used: " + e, e);
        }
    }

    private SSLContext trusting(TrustManagersParameters trust) {
        try {
            if (trust.getCamelContext() == null) {
                trust.setCamelContext(settings.getCamelContext());
            }
            TrustManager[] managers = trust.createTrustManagers();
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers, null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new CannotStart("The trust store of the host cannot be used: " + e, e);
        }
    }
}
