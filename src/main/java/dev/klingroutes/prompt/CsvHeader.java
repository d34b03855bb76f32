package dev.klingroutes.prompt;

import de.siegmar.fastcsv.reader.CsvRecord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The names of a table's columns; null for one that has been refused. */
final class CsvHeader {
    private final List<String> names = new ArrayList<>();

    private CsvHeader() {}

    static CsvHeader of(CsvRecord first, Fields fields, Faults faults) {
        CsvHeader header = new CsvHeader();
        String where = "line " + first.getStartingLineNumber();
        List<String> columns = first.getFields().stream().map(String::strip).toList();
        for (String column : columns) {
            if (column.isEmpty()) {
                faults.add(
                        where,
                        "column " + (header.names.size() + 1) + " of the header has no name");
                header.names.add(null);
            } else if (header.names.contains(column)) {
                faults.add(where, column, "there are two columns `" + Shown.word(column) + "`");
                header.names.add(null);
            } else {
                header.names.add(fields.allows(column, faults.at(where)) ? column : null);
            }
        }
        if (!columns.contains("prompt")) {
            faults.add(
                    where,
                    "prompt",
                    "there is no column `prompt`; the columns are "
                            + columns.stream()
                                    .limit(30)
                                    .map(column -> "`" + Shown.word(column) + "`")
                                    .collect(Collectors.joining(", ")));
        }
        return header;
    }

    boolean hasPrompt() {
        return names.contains("prompt");
    }

    /** The cells by column, without the empty ones. */
    Draft row(CsvRecord row, String where) {
        if (row.getFieldCount() != names.size()) {
            return Draft.broken(
                    where,
                    "the row has "
                            + row.getFieldCount()
                            + (row.getFieldCount() == 1 ? " cell" : " cells")
                            + ", but the header has "
                            + names.size());
        }
        Map<String, Object> cells = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
            String cell = row.getField(i).strip();
            if (names.get(i) != null && !cell.isEmpty()) {
                cells.put(names.get(i), cell);
            }
        }
        return new Draft(where, cells, null);
    }
}
