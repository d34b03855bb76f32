package dev.klingroutes.prompt;

/** .yaml and .yml: one mapping, or a list of mappings. */
final class YamlPrompts implements Format {
    @Override
    public Drafts read(String fileName, String text, Faults faults) {
        try {
            Object value = Yaml.parse(text);
            if (value != null) {
                return Drafts.of(value, fileName, faults);
            }
            faults.add(fileName, "the file is empty: there is no prompt in it");
        } catch (NotYaml e) {
            faults.add(e.where() == null ? fileName : e.where(), e.getMessage());
        }
        return Drafts.NONE;
    }
}
