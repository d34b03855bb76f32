package dev.klingroutes.prompt;

import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** One YAML 1.2 document, strictly: no key twice, no second document, no types of its own. */
final class Yaml {
    private static final LoadSettings SETTINGS =
            LoadSettings.builder()
                    .setAllowDuplicateKeys(false)
                    .setCodePointLimit(Integer.MAX_VALUE) // the file's size is limited already
                    .setMaxAliasesForCollections(1000)
                    .build();

    private Yaml() {}

    /** Whatever the document holds; {@link Plain} says whether it may. */
    static Object parse(String text) throws NotYaml {
        try {
            return new Load(SETTINGS).loadFromString(text);
        } catch (MarkedYamlEngineException e) {
            String where = e.getProblemMark().or(e::getContextMark).map(Yaml::place).orElse(null);
            throw new NotYaml(where, inPlainWords(e.getContext(), e.getProblem()));
        } catch (YamlEngineException e) {
            throw new NotYaml(null, inPlainWords(null, e.getMessage()));
        } catch (StackOverflowError e) {
            // the parser knows no limit of depth
            throw new NotYaml(null, "not valid YAML: lists or mappings lie too deep in each other");
        }
    }

    private static String place(Mark mark) {
        return "line " + (mark.getLine() + 1) + ", column " + (mark.getColumn() + 1);
    }

    private static String inPlainWords(String context, String problem) {
        if ("but found another document".equals(problem)) {
            return "there is more than one document; for many prompts write a list";
        }
        if ("mapping values are not allowed here".equals(problem)) {
            return "not valid YAML: a second `: ` on one line; put the text in quotes";
        }
        String words = context == null || context.isBlank() ? problem : context + ", " + problem;
        return "not valid YAML: " + Shown.reason(words);
    }
}
