package dev.klingroutes.video;

import java.io.IOException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHeaders;

/**
 * What a download host offers.
 *
 * @param from the first byte that it sends
 * @param total bytes of the whole video, -1 if it does not say
 * @param validator by which it knows the same bytes again, null if there is none to rely on
 */
record Offer(long from, long total, String validator) {
    private static final Pattern RANGE =
            Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18})");

    /** The link is not good any more. */
    static final class Expired extends IOException {
        private static final long serialVersionUID = 1;
        private final boolean gone;

        /**
         * @param gone whether there is nothing at all, not only nothing for us
         */
        Expired(String message, boolean gone) {
            super(message);
            this.gone = gone;
        }

        boolean gone() {
            return gone;
        }
    }

    /**
     * @param part what was asked to be gone on with
     * @throws Transfer.Broken if it is no offer of this video, saying why
     */
    static Offer of(ClassicHttpResponse response, Part part, long maxBytes) throws IOException {
        int status = response.getCode();
        if (status == 403 || status == 404 || status == 410) {
            throw new Expired("the link has expired (HTTP " + status + ")", status != 403);
        }
        if (status == 416) {
            throw new Transfer.Wrong("the download host has no more bytes of it (HTTP 416)");
        }
        HttpEntity entity = response.getEntity();
        if (entity == null || status != 200 && !(status == 206 && part.size() > 0)) {
            throw new Transfer.Broken("the download host answered HTTP " + status);
        }
        notSomethingElse(entity);
        Offer offer =
                status == 200
                        ? new Offer(0, entity.getContentLength(), validator(response))
                        : rest(response);
        if (status == 206 && !part.isGoneOnWithBy(offer)) {
            throw new Transfer.Wrong("the download host sent other bytes than those asked for");
        }
        if (offer.total > maxBytes) {
            throw Transfer.tooLarge(maxBytes);
        }
        return offer;
    }

    private static void notSomethingElse(HttpEntity entity) throws Transfer.Broken {
        String type = String.valueOf(entity.getContentType()).toLowerCase(Locale.ROOT);
        if (type.contains("html") || type.contains("json")) {
            throw new Transfer.Broken("the download host sent " + shown(type) + ", not a video");
        }
        String encoding = entity.getContentEncoding();
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            throw new Transfer.Broken(
                    "the download host sent it packed (" + shown(encoding) + "), unasked");
        }
    }

    private static Offer rest(ClassicHttpResponse response) throws IOException {
        Header header = response.getFirstHeader(HttpHeaders.CONTENT_RANGE);
        Matcher range = RANGE.matcher(header == null ? "" : header.getValue());
        if (!range.matches()) {
            return new Offer(-1, -1, null);
        }
        long total = Long.parseLong(range.group(3));
        boolean toTheEnd = Long.parseLong(range.group(2)) == total - 1;
        return new Offer(
                toTheEnd ? Long.parseLong(range.group(1)) : -1, total, validator(response));
    }

    /** A strong ETag, or else the time of the last change. */
    private static String validator(ClassicHttpResponse response) {
        for (String name : new String[] {HttpHeaders.ETAG, HttpHeaders.LAST_MODIFIED}) {
            Header header = response.getFirstHeader(name);
            if (header != null) {
                return header.getValue().startsWith("W/") ? null : header.getValue();
            }
        }
        return null;
    }

    private static String shown(String foreign) {
        return foreign.substring(0, Math.min(foreign.length(), 60)).replaceAll("[^ -~]", "?");
    }
}
