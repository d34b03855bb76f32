package dev.klingroutes.task;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;

import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/** The rows of {@code kling_video}. */
final class Videos {
    private record Row(String task, Video video) {}

    private Videos() {}

    static Map<String, List<Video>> of(Handle handle, List<String> tasks) {
        return handle
                .createQuery("select * from kling_video where task in (<tasks>) order by number")
                .bindList("tasks", tasks)
                .map(
                        (row, context) ->
                                new Row(
                                        row.getString("task"),
                                        new Video(
                                                row.getInt("number"),
                                                row.getString("video_id"),
                                                row.getString("url"),
                                                row.getString("duration"),
                                                row.getString("file"),
                                                row.getObject("size") == null
                                                        ? null
                                                        : row.getLong("size"),
                                                row.getString("sha256"))))
                .stream()
                .collect(groupingBy(Row::task, mapping(Row::video, toList())));
    }

    static void write(Handle handle, String task, List<Video> videos) {
        if (videos.isEmpty()) {
            return;
        }
        PreparedBatch batch =
                handle.prepareBatch(
                        """
                        insert into kling_video (task, number, video_id, url, duration, file, size, sha256)
                        values (:task, :number, :videoId, :url, :duration, :file, :size, :sha256)
                        on conflict (task, number) do update set
                            video_id = excluded.video_id, url = excluded.url, duration = excluded.duration,
                            file = excluded.file, size = excluded.size, sha256 = excluded.sha256
                        """);
        handle.createUpdate("delete from kling_video where task = :task and number > :count")
                .bind("task", task)
                .bind("count", videos.size())
                .execute();
        videos.forEach(video -> batch.bind("task", task).bindMethods(video).add());
        batch.execute();
    }
}
