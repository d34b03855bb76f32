package dev.klingroutes.task;

/**
 * One video of a task.
 *
 * @param number 1 for the first
 * @param videoId the provider's name for it, or null
 * @param url the provider's link as it came: foreign, and it expires
 * @param duration seconds as the provider writes them ("5.042"), or null
 * @param file its name in the outbox, known once its bytes were verified
 * @param size bytes, known with the file
 * @param sha256 in hex, known with the file
 */
public record Video(
        int number,
        String videoId,
        String url,
        String duration,
        String file,
        Long size,
        String sha256) {

    /** A video of which only the provider's link is known. */
    public static Video linked(int number, String videoId, String url, String duration) {
        return new Video(number, videoId, url, duration, null, null, null);
    }

    /** The same video, its bytes verified under the name they will have. */
    public Video verified(String file, long size, String sha256) {
        return new Video(number, videoId, url, duration, file, size, sha256);
    }
}
