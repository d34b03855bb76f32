package dev.klingroutes.video;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A link from a provider's reply: foreign text, until it has passed here. */
record Link(URI uri) {
    private static final Pattern AUTHORITY =
            Pattern.compile("[^/?#]*//(?:[^/?#]*@)?([^/?#]{1,100})");

    /** Others (octal, short, hexadecimal) are read differently by different readers. */
    private static final Pattern PLAIN_V4 =
            Pattern.compile("(0|[1-9]\\d{0,2})(\\.(0|[1-9]\\d{0,2})){3}");

    private static final Pattern NUMBER_LAST = Pattern.compile("(.*\\.)?\\d[^.]*");

    /**
     * @throws UnsafeLink if it is not a plain https link (http too where private addresses are
     *     allowed) to a host that may be asked
     */
    static Link checked(String text, LinkRules rules) throws UnsafeLink {
        return checked(parsed(text), rules);
    }

    /**
     * Where this link's host sends us instead.
     *
     * @throws UnsafeLink as for a link of the provider
     */
    Link redirected(String location, LinkRules rules) throws UnsafeLink {
        return checked(resolved(parsed(location)), rules);
    }

    /** As RFC 3986 5.2.2 says; java.net.URI takes away the last name before a mere query. */
    private URI resolved(URI to) {
        if (to.getScheme() != null || to.getRawAuthority() != null || !to.getRawPath().isEmpty()) {
            return uri.resolve(to);
        }
        String query = to.getRawQuery() == null ? uri.getRawQuery() : to.getRawQuery();
        return URI.create(object() + (query == null ? "" : "?" + query));
    }

    /** What it leads to, without what was signed: a fresh link has the same. */
    String object() {
        return uri.getScheme() + "://" + uri.getRawAuthority() + uri.getRawPath();
    }

    private static URI parsed(String text) throws UnsafeLink {
        try {
            // letters beyond ASCII as every browser sends them
            return URI.create(new URI(text).toASCIIString());
        } catch (URISyntaxException | IllegalArgumentException e) {
            throw new UnsafeLink("the link to " + shownHost(text) + " is not a valid URL");
        }
    }

    private static Link checked(URI uri, LinkRules rules) throws UnsafeLink {
        String shown = "the link to " + shownHost(uri.toString());
        String scheme = uri.getScheme();
        if (!"https".equalsIgnoreCase(scheme)
                && !(rules.privateAllowed() && "http".equalsIgnoreCase(scheme))) {
            throw new UnsafeLink(shown + " is not https");
        }
        String host = uri.getHost();
        if (host == null
                || uri.getRawUserInfo() != null
                || host.contains("%")
                || host.endsWith(".")
                || uri.getPort() > 0xffff
                || NUMBER_LAST.matcher(host).matches() && !PLAIN_V4.matcher(host).matches()) {
            throw new UnsafeLink(shown + " has no plain host");
        }
        if (!rules.allows(host)) {
            throw new UnsafeLink(shown + " leads to none of kling.download.hosts");
        }
        return new Link(uri);
    }

    /** For people: of a link that cannot be read, what stands where its host should. */
    private static String shownHost(String text) {
        Matcher authority = AUTHORITY.matcher(text);
        return authority.lookingAt()
                ? authority.group(1).replaceAll("[^\\w.:\\[\\]-]", "?")
                : "no host";
    }
}
