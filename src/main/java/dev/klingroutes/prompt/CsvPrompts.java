package dev.klingroutes.prompt;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvRecord;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** .csv: a header with the names of the fields, then one prompt a row (RFC 4180). */
final class CsvPrompts implements Format {
    private final Fields fields;

    CsvPrompts(Fields fields) {
        this.fields = fields;
    }

    @Override
    public Drafts read(String fileName, String text, Faults faults) {
        char delimiter = Delimiter.of(text, fields.names());
        if (!Quotes.hold(text, delimiter, faults)) {
            return Drafts.NONE;
        }
        List<Draft> drafts = new ArrayList<>();
        try {
            Iterator<CsvRecord> records = Delimiter.open(text, delimiter).iterator();
            CsvHeader header = CsvHeader.of(records.next(), fields, faults);
            if (!header.hasPrompt()) {
                return Drafts.NONE;
            }
            while (records.hasNext()) {
                CsvRecord row = records.next();
                String where =
                        "row "
                                + (drafts.size() + 1)
                                + " (line "
                                + row.getStartingLineNumber()
                                + ")";
                drafts.add(header.row(row, where));
            }
        } catch (CsvParseException e) {
            Throwable reason = e.getCause() == null ? e : e.getCause();
            faults.add(fileName, "not valid CSV: " + Shown.reason(reason.getMessage()));
            return Drafts.NONE;
        }
        if (drafts.isEmpty()) {
            faults.add(fileName, "there is a header but no row: there is no prompt in it");
        }
        return new Drafts(true, true, drafts);
    }
}
