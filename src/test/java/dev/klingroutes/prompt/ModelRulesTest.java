package dev.klingroutes.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelRulesTest {
    private static final String SHOTS = "'multi_shot':true,'shot_type':'customize',";

    @TempDir Path folder;

    private static Map<String, Object> written(String fields) throws NotJson {
        String json =
                fields.replace("SHOTS ", SHOTS)
                        .replace("LONG501", "x".repeat(2501))
                        .replace("LONG500", "x".repeat(2500))
                        .replace("SHOT513", "x".repeat(513))
                        .replace("SHOT512", "x".repeat(512));
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("prompt", "a cat");
        Map<?, ?> map = (Map<?, ?>) StrictJson.parse("{" + json.replace('\'', '"') + "}");
        map.forEach((name, value) -> all.put((String) name, value));
        all.remove("prompt", "-");
        return all;
    }

    private static Map<String, Object> sent(String fields, Map<String, String> settings)
            throws Exception {
        return DropFolder.reader(settings).check("x", written(fields)).request();
    }

    private static List<String> wrong(String fields, Map<String, String> settings)
            throws Exception {
        PromptReader reader = DropFolder.reader(settings);
        Map<String, Object> written = written(fields);
        PromptRefused refusal =
                catchThrowableOfType(PromptRefused.class, () -> reader.check("x", written));
        return refusal == null ? List.of() : refusal.faults().stream().map(Fault::problem).toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    'model_name':'kling-v3'                                              | mode=std, duration=5, aspect_ratio=16:9, sound=off
                    'model_name':'kling-v3','mode':'4k','duration':15,'sound':'on'       | mode=4k, duration=15, aspect_ratio=16:9, sound=on
                    'model_name':'kling-v3','duration':'3','aspect_ratio':'1:1'          | mode=std, duration=3, aspect_ratio=1:1, sound=off
                    'model_name':'kling-v2-6','mode':'pro','sound':'on','duration':10    | mode=pro, duration=10, aspect_ratio=16:9, sound=on
                    'model_name':'kling-v2-6'                                            | mode=std, duration=5, aspect_ratio=16:9, sound=off
                    'model_name':'kling-v2-5-turbo','mode':'pro'                         | mode=pro, duration=5, aspect_ratio=16:9
                    'model_name':'kling-v2-1-master','duration':10                       | duration=10, aspect_ratio=16:9
                    'model_name':'kling-v2-master','sound':'off'                         | duration=5, aspect_ratio=16:9
                    'model_name':'kling-v1-6','mode':'pro','cfg_scale':0.7               | mode=pro, duration=5, aspect_ratio=16:9, cfg_scale=0.7
                    'model_name':'kling-v1','camera_control':{'type':'forward_up'}       | mode=std, duration=5, aspect_ratio=16:9, camera_control={type=forward_up}
                    'model_name':'kling-v1','camera_control':{'type':'simple','config':{'pan':0,'zoom':-3}} | mode=std, duration=5, aspect_ratio=16:9, camera_control={type=simple, config={pan=0, zoom=-3}}
                    'multi_shot':true,'shot_type':'intelligence'                         | mode=std, duration=5, aspect_ratio=16:9, sound=off, multi_shot=true, shot_type=intelligence
                    'multi_shot':false                                                   | mode=std, duration=5, aspect_ratio=16:9, sound=off, multi_shot=false
                    """)
    void what_a_model_makes_is_sent(String fields, String expected) throws Exception {
        Map<String, Object> request = sent(fields, Map.of());

        assertThat(request.remove("prompt")).isEqualTo("a cat");
        assertThat(request.remove("model_name").toString()).startsWith("kling-");
        assertThat(request).hasToString("{" + expected + "}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    SHOTS 'prompt':'-','duration':6,'multi_prompt':[{'index':1,'prompt':'SHOT512','duration':1},{'index':2,'prompt':'b','duration':'5'}]
                    SHOTS 'prompt':' ','multi_prompt':[{'prompt':'a','duration':5}]
                    'prompt':'LONG500','negative_prompt':'LONG500'
                    """)
    void these_are_right_too(String fields) throws Exception {
        assertThat(wrong(fields, Map.of())).isEmpty();
        assertThat(sent(fields, Map.of())).containsEntry("model_name", "kling-v3");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    'prompt':'-'                                  | 'prompt' is missing or blank
                    'prompt':' '                                  | 'prompt' is missing or blank
                    'prompt':'LONG501'                            | 'prompt' has 2501 characters; kling-v3 takes at most 2500
                    'negative_prompt':'LONG501'                   | 'negative_prompt' has 2501 characters; kling-v3 takes at most 2500
                    'model_name':'kling-v33'                      | 'model_name' is "kling-v33", which is on no list (kling.prompt.models, kling.prompt.unknown-models); did you mean "kling-v3"?
                    'model_name':'sora'                           | 'model_name' is "sora", which is on no list (kling.prompt.models, kling.prompt.unknown-models); text2video is made by kling-v3, kling-v2-6, kling-v2-5-turbo, kling-v2-1-master, kling-v2-master, kling-v1-6 and kling-v1
                    'model_name':'kling-v1-5'                     | 'model_name' is "kling-v1-5", which is for image2video; MAKERS
                    'model_name':'kling-v2-1'                     | 'model_name' is "kling-v2-1", which is for image2video; MAKERS
                    'model_name':'kling-v3-omni'                  | 'model_name' is "kling-v3-omni", which is for omni-video; MAKERS
                    'model_name':'kling-video-o1'                 | 'model_name' is "kling-video-o1", which is for omni-video; MAKERS
                    'model_name':'kling-3.0-turbo'                | 'model_name' is "kling-3.0-turbo", which is for text-to-video; MAKERS
                    'model_name':'kling-v2-6','mode':'4k'         | 'mode' is "4k"; kling-v2-6 takes "std" or "pro"
                    'model_name':'kling-v1','mode':'4k'           | 'mode' is "4k"; kling-v1 takes "std" or "pro"
                    'model_name':'kling-v2-master','mode':'pro'   | 'mode' is "pro"; kling-v2-master takes no 'mode'; leave it out
                    'model_name':'kling-v2-1-master','mode':'std' | 'mode' is "std"; kling-v2-1-master takes no 'mode'; leave it out
                    'duration':2                                  | 'duration' is 2; kling-v3 makes 3 to 15 seconds
                    'duration':'16'                               | 'duration' is 16; kling-v3 makes 3 to 15 seconds
                    'model_name':'kling-v1','duration':7          | 'duration' is 7; kling-v1 makes 5 or 10 seconds
                    'duration':5.5                                | 'duration' is 5.5; it should be a whole number of seconds, like 5
                    'aspect_ratio':'4:3'                          | 'aspect_ratio' is "4:3"; it should be the text "16:9", "9:16" or "1:1"
                    'aspect_ratio':'9:15'                         | 'aspect_ratio' is "9:15"; it should be the text "16:9", "9:16" or "1:1"; did you mean "9:16"?
                    'model_name':'kling-v2-6','sound':'on'        | 'sound' is "on"; kling-v2-6 has sound only with mode "pro", not with "std"
                    'model_name':'kling-v2-5-turbo','sound':'on'  | 'sound' is "on"; kling-v2-5-turbo is silent; sound is made by kling-v3 and kling-v2-6
                    'model_name':'kling-v2-master','sound':'on'   | 'sound' is "on"; kling-v2-master is silent; sound is made by kling-v3 and kling-v2-6
                    'cfg_scale':0.5                               | 'cfg_scale': kling-v3 does not take it; kling-v1-6 and kling-v1 do
                    'model_name':'kling-v1','cfg_scale':1.5       | 'cfg_scale' is 1.5; it should be a number from 0 to 1
                    'camera_control':{'type':'down_back'}         | 'camera_control': kling-v3 does not take it; kling-v1 does
                    'model_name':'kling-v1','mode':'pro','duration':10,'camera_control':{'type':'down_back'} | 'camera_control' goes with kling-v1 only at mode "std" and 5 seconds, not at mode "pro" and 10 seconds
                    'model_name':'kling-v1','duration':10,'camera_control':{'type':'down_back'} | 'camera_control' goes with kling-v1 only at mode "std" and 5 seconds, not at 10 seconds
                    'model_name':'kling-v1','camera_control':{}   | 'camera_control.type' is missing
                    'model_name':'kling-v1','camera_control':{'config':{'pan':1}} | 'camera_control.type' is missing
                    'model_name':'kling-v1','camera_control':{'type':'simple'} | 'camera_control.config' moves along 0 axes; with the type "simple" exactly one must not be 0
                    'model_name':'kling-v1','camera_control':{'type':'simple','config':{'pan':1,'tilt':2}} | 'camera_control.config' moves along 2 axes; with the type "simple" exactly one must not be 0
                    'model_name':'kling-v1','camera_control':{'type':'simple','config':{'pan':0}} | 'camera_control.config' moves along 0 axes; with the type "simple" exactly one must not be 0
                    'model_name':'kling-v1','camera_control':{'type':'forward_up','config':{'pan':1}} | 'camera_control.config' goes only with the type "simple"; leave it out
                    'model_name':'kling-v1','camera_control':{'type':'forwardup'} | 'camera_control.type' is "forwardup"; it should be the text "simple", "down_back", "forward_up", "right_turn_forward" or "left_turn_forward"; did you mean "forward_up"?
                    'model_name':'kling-v2-6','multi_shot':true,'shot_type':'intelligence' | 'multi_shot': kling-v2-6 does not take it; kling-v3 does
                    'multi_shot':true                             | 'shot_type' is missing; with 'multi_shot' it must be "customize" or "intelligence"
                    'shot_type':'intelligence'                    | 'shot_type' is ignored by the provider without 'multi_shot: true'; leave it out
                    'multi_shot':false,'multi_prompt':[{'prompt':'a','duration':5}] | 'multi_prompt' is ignored by the provider without 'multi_shot: true'; leave it out
                    'multi_shot':true,'shot_type':'intelligence','multi_prompt':[{'prompt':'a','duration':5}] | 'multi_prompt' is ignored by the provider with 'shot_type' "intelligence"; leave it out
                    SHOTS 'prompt':'x','multi_prompt':[{'prompt':'a','duration':5}] | 'prompt' is ignored by the provider with 'shot_type' "customize"; leave it out
                    SHOTS 'prompt':'-'                            | 'multi_prompt' is missing; 'shot_type' "customize" needs 1 to 6 shots
                    SHOTS 'prompt':'-','multi_prompt':[]          | 'multi_prompt' is a list of 0; it should be a list of 1 to 6
                    SHOTS 'prompt':'-','multi_prompt':[1,2,3,4,5,6,7] | 'multi_prompt' is a list of 7; it should be a list of 1 to 6
                    SHOTS 'prompt':'-','multi_prompt':[{'duration':5}] | 'multi_prompt[0].prompt' is missing
                    SHOTS 'prompt':'-','multi_prompt':[{'prompt':' ','duration':5}] | 'multi_prompt[0].prompt' is blank
                    SHOTS 'prompt':'-','multi_prompt':[{'prompt':'SHOT513','duration':5}] | 'multi_prompt[0].prompt' has 513 characters; the limit is 512
                    SHOTS 'prompt':'-','multi_prompt':[{'prompt':'a','duration':4},{'prompt':'b'}] | 'multi_prompt[1].duration' is missing
                    SHOTS 'prompt':'-','multi_prompt':[{'prompt':'a','duration':0}] | 'multi_prompt[0].duration' is 0; it should be a whole number of seconds, like 5
                    SHOTS 'prompt':'-','duration':10,'multi_prompt':[{'prompt':'a','duration':4},{'prompt':'b','duration':5}] | 'duration' is 10, but the shots of 'multi_prompt' last 9 seconds together
                    SHOTS 'prompt':'-','multi_prompt':[{'prompt':'a','duration':4}] | 'duration' is 5, but the shots of 'multi_prompt' last 4 seconds together (a default of the setting kling.prompt.duration)
                    'sound':'on','voice_list':[{'voice_id':'v'}]  | 'voice_list': kling-v3 does not take it; no model of text2video does
                    'sound':'on','voice_list':[{'voice_id':'1'},{'voice_id':'2'},{'voice_id':'3'}] | 'voice_list' is a list of 3; it should be a list of 1 to 2
                    'model':'kling-v3'                            | 'model' is ignored by the provider, which would run kling-v1; use 'model_name'
                    """)
    void what_no_model_makes_is_refused_with_what_it_would_be(String fields, String problem)
            throws Exception {
        String expected =
                problem.replace(
                        "MAKERS",
                        "text2video is made by kling-v3, kling-v2-6, kling-v2-5-turbo,"
                                + " kling-v2-1-master, kling-v2-master, kling-v1-6 and kling-v1");

        assertThat(wrong(fields, Map.of())).containsExactly(expected.replace('\'', '`'));
    }

    @Test
    void all_that_is_wrong_is_said_at_once() throws Exception {
        assertThat(
                        wrong(
                                "'model_name':'kling-v2-6','mode':'4k','duration':7,'sound':'on',"
                                        + "'cfg_scale':1,'voice_list':[{'voice_id':'v'}],"
                                        + "'multi_shot':true,'promt':'x'",
                                Map.of()))
                .hasSize(8);
    }

    @Test
    void a_field_that_is_wrong_in_itself_raises_no_other_complaint() throws Exception {
        assertThat(wrong("'model_name':'kling-v2-6','mode':'prp','sound':'on'", Map.of()))
                .hasSize(1);
        assertThat(
                        wrong(
                                "'model_name':'kling-v1','duration':'x','camera_control':{'type':'down_back'}",
                                Map.of()))
                .hasSize(1);
        assertThat(wrong("'model_name':7,'mode':'4k'", Map.of())).hasSize(1);
        assertThat(wrong("'prompt':'-','multi_shot':true,'shot_type':'own'", Map.of())).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    kling.prompt.duration     | 7        | 'model_name':'kling-v1'     | 'duration' is 7; kling-v1 makes 5 or 10 seconds
                    kling.prompt.mode         | 4k       | 'model_name':'kling-v1'     | 'mode' is "4k"; kling-v1 takes "std" or "pro"
                    kling.prompt.sound        | on       | 'model_name':'kling-v1'     | 'sound' is "on"; kling-v1 is silent; sound is made by kling-v3 and kling-v2-6
                    kling.prompt.model-name   | kling-v33 | 'mode':'std'               | 'model_name' is "kling-v33", which is on no list (kling.prompt.models, kling.prompt.unknown-models); did you mean "kling-v3"?
                    """)
    void a_default_that_the_model_cannot_do_is_refused_and_its_setting_named(
            String key, String value, String fields, String wrong) throws Exception {
        assertThat(wrong(fields, Map.of(key, value)))
                .containsExactly(
                        wrong.replace('\'', '`') + " (a default of the setting " + key + ")");
    }

    @Test
    void a_default_for_a_field_that_the_model_has_not_is_left_out() throws Exception {
        assertThat(sent("'model_name':'kling-v2-master'", Map.of("kling.prompt.mode", "pro")))
                .containsOnlyKeys("prompt", "model_name", "duration", "aspect_ratio");
    }

    @Test
    void a_folders_default_that_the_model_cannot_do_is_refused_and_its_file_named()
            throws Exception {
        DropFolder drop = new DropFolder(folder);
        Path defaults = drop.file("_defaults.yaml", "mode: 4k\n");

        assertThat(drop.wrong("a.json", "{\"prompt\":\"a\",\"model_name\":\"kling-v1\"}", defaults))
                .containsExactly(
                        "prompt 1 of 1: `mode` is \"4k\"; kling-v1 takes \"std\" or \"pro\""
                                + " (a default of "
                                + defaults
                                + ")");
    }

    @Test
    void without_a_model_the_provider_would_choose_and_that_is_refused() throws Exception {
        assertThat(wrong("'mode':'std'", Map.of("kling.prompt.model-name", "")))
                .containsExactly(
                        "`model_name` is missing; the provider would run and charge kling-v1");
    }

    @Test
    void what_is_not_given_means_what_the_provider_takes_for_it() throws Exception {
        Map<String, String> silent = Map.of("kling.prompt.mode", "", "kling.prompt.duration", "");

        assertThat(wrong("'model_name':'kling-v2-6','sound':'on'", silent))
                .containsExactly(
                        "`sound` is \"on\"; kling-v2-6 has sound only with mode \"pro\", not with"
                                + " \"std\"");
    }

    @Test
    void an_unknown_model_passes_if_so_set_and_only_the_shapes_are_checked() throws Exception {
        Map<String, String> pass = Map.of("kling.prompt.unknown-models", "pass");

        assertThat(sent("'model_name':'kling-v9','duration':60,'cfg_scale':1,'sound':'on'", pass))
                .containsEntry("model_name", "kling-v9")
                .containsEntry("duration", "60");
        assertThat(wrong("'model_name':'kling-v9','sound':'loud'", pass)).hasSize(1);
        assertThat(wrong("'model_name':'kling-v9','prompt':'-'", pass)).hasSize(1);
        assertThat(wrong("'model_name':'kling-v1','duration':60", pass)).hasSize(1);
        assertThat(wrong("'model_name':'kling-v2-1'", pass)).hasSize(1);
    }

    @Test
    void a_model_of_ones_own_list_is_checked_by_it() throws Exception {
        Path own =
                Files.writeString(
                        folder.resolve("own.yaml"),
                        """
                        models:
                          kling-v4:
                            {kinds: [text2video], modes: [8k], durations: [20], prompt: 5000, voice_list: true, sound: [8k]}
                        """);
        Map<String, String> with = Map.of("kling.prompt.models", own.toString());

        assertThat(
                        sent(
                                "'model_name':'kling-v4','mode':'8k','duration':20,'sound':'on',"
                                        + "'prompt':'LONG500LONG500','voice_list':[{'voice_id':'v'}]",
                                with))
                .containsEntry("mode", "8k")
                .doesNotContainKey("aspect_ratio");
        assertThat(
                        wrong(
                                "'model_name':'kling-v4','mode':'8k','duration':20,"
                                        + "'voice_list':[{'voice_id':'v'}]",
                                with))
                .containsExactly("`voice_list` needs `sound` to be \"on\"");
        assertThat(wrong("'mode':'8k'", with))
                .containsExactly("`mode` is \"8k\"; kling-v3 takes \"std\", \"pro\" or \"4k\"");
    }
}
