package dev.klingroutes.prompt;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/** Which character parts the cells of a table: the header tells. */
final class Delimiter {
    private static final List<Character> POSSIBLE = List.of(',', ';', '\t');

    private Delimiter() {}

    /**
     * The one under which most columns have known names; if none has, the one with most columns.
     */
    static char of(String text, Set<String> known) {
        char best = ',';
        long most = -1;
        for (char delimiter : POSSIBLE) {
            long score = score(header(text, delimiter), known);
            if (score > most) {
                most = score;
                best = delimiter;
            }
        }
        return best;
    }

    static CsvReader<CsvRecord> open(String text, char delimiter) {
        return CsvReader.builder()
                .fieldSeparator(delimiter)
                .acceptCharsAfterQuotes(false)
                .ignoreDifferentFieldCount(true) // we say ourselves which row has how many
                .skipEmptyLines(true)
                .ofCsvRecord(text);
    }

    private static List<String> header(String text, char delimiter) {
        try {
            Iterator<CsvRecord> records = open(text, delimiter).iterator();
            return records.hasNext() ? records.next().getFields() : List.of();
        } catch (CsvParseException e) {
            return List.of();
        }
    }

    private static long score(List<String> header, Set<String> known) {
        long named = header.stream().map(String::strip).filter(known::contains).count();
        return named * 1_000_000 + header.size();
    }
}
