package dev.klingroutes.video;

import java.net.URI;
import java.net.URISyntaxException;

/** A link from a provider's reply: foreign text, until it has passed here. */
record Link(URI uri) {
    /**
     * @throws UnsafeLink if it is not a plain https link (http too where private addresses are
     *     allowed)
     */
    static Link checked(String text, boolean privateAllowed) throws UnsafeLink {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            throw new UnsafeLink("the link is not a valid URL");
        }
        if (!"https".equalsIgnoreCase(uri.getScheme())
                && !(privateAllowed && "http".equalsIgnoreCase(uri.getScheme()))) {
            throw new UnsafeLink("the link is " + uri.getScheme() + ", not https");
        }
        if (uri.getHost() == null || uri.getRawUserInfo() != null) {
            throw new UnsafeLink("the link has no plain host");
        }
        return new Link(uri);
    }
}
