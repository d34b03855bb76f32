package dev.klingroutes.provider;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Bodies as the provider sends them. */
final class Answer {
    private Answer() {}

    static byte[] task(String taskId, String status, String externalId) {
        String info = externalId == null ? "{}" : "{\"external_task_id\":\"" + externalId + "\"}";
        return bytes(
                """
                {"code":0,"message":"SUCCEED","request_id":"r-1","data":{"task_id":"%s",
                 "task_status":"%s","task_status_msg":"no luck","task_info":%s,
                 "final_unit_deduction":"3",
                 "task_result":{"videos":[{"id":"v","url":"https://a.test/v.mp4","duration":"5"}]}}}
                """
                        .formatted(taskId, status, info));
    }

    static byte[] error(String code, String message) {
        return bytes(
                "{\"code\":%s,\"message\":\"%s\",\"request_id\":\"r-2\"}".formatted(code, message));
    }

    static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
