package dev.klingroutes.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.RandomAccessFile;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextFileTest {
    private static final String TEXT = "ein Kätzchen 🐈";

    @TempDir Path inbox;
    DropFolder drop;

    @BeforeEach
    void open() {
        drop = new DropFolder(inbox);
    }

    @ParameterizedTest
    @CsvSource({"UTF-8,false", "UTF-8,true", "UTF-16LE,true", "UTF-16BE,true"})
    void utf_8_and_marked_utf_16_are_read(String charset, boolean mark) throws Exception {
        String text = (mark ? "\uFEFF" : "") + TEXT;
        Path file = Files.write(inbox.resolve("cat.txt"), text.getBytes(Charset.forName(charset)));

        List<Prompt> prompts = DropFolder.reader(Map.of()).read(file, List.of());

        assertThat(prompts.get(0).request()).containsEntry("prompt", TEXT);
    }

    @Test
    void a_byte_order_mark_does_not_spoil_a_header() throws Exception {
        assertThat(drop.names("s.csv", "\uFEFFprompt,mode\r\na,pro\r\n")).containsExactly("s-001");
        assertThat(drop.names("s.json", "\uFEFF{\"prompt\":\"a\"}")).containsExactly("s");
    }

    @Test
    void another_encoding_is_refused_with_the_byte() throws Exception {
        assertThat(drop.wrong("cat.txt", "K\u00e4tzchen".getBytes(StandardCharsets.ISO_8859_1)))
                .containsExactly(
                        "byte offset 1: not a text file: the bytes are not UTF-8; save it as UTF-8");
    }

    @Test
    void half_a_letter_at_the_end_is_refused() throws Exception {
        assertThat(drop.wrong("cat.txt", new byte[] {'a', (byte) 0xC3}).get(0))
                .startsWith("byte offset 1: not a text file");
        assertThat(drop.wrong("cat.txt", new byte[] {(byte) 0xFE, (byte) 0xFF, 0, 'a', 0}).get(0))
                .startsWith("byte offset 4: not a text file: the bytes are not UTF-16BE");
    }

    @ParameterizedTest
    @ValueSource(chars = {0, 1, 7, '\f', 27, 127, 0x85, 0x9F})
    void a_control_character_is_refused_with_its_line(char control) {
        assertThat(drop.wrong("cat.txt", "one\r\ntwo\tthree\nab" + control + "c"))
                .containsExactly(
                        "line 3, column 3: not a text file: it holds the control character "
                                + String.format("U+%04X", (int) control));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " \t\r\n\n", "\uFEFF", "\uFEFF \n"})
    void nothing_but_white_space_is_an_empty_file(String text) {
        for (String name : List.of("s.txt", "s.json", "s.jsonl", "s.yaml", "s.csv")) {
            assertThat(drop.wrong(name, text)).containsExactly(name + ": the file is empty");
        }
    }

    @ParameterizedTest
    @CsvSource({"cat.txt,1", "cat.md,1", "cat.json,64", "cat.csv,64", "cat.yaml,64"})
    void a_file_that_is_too_large_is_refused_unread(String name, int megabytes) throws Exception {
        long size = megabytes * 1024L * 1024 + 1;
        Path file = inbox.resolve(name);
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(size);
        }
        Faults faults = new Faults();

        assertThat(TextFile.read(file, megabytes, name, faults)).isEmpty();
        assertThat(faults.kept())
                .hasToString(
                        "[%s: the file has %d bytes; the limit is %d MB]"
                                .formatted(name, size, megabytes));
    }

    @Test
    void each_format_has_its_limit() throws Exception {
        String megabyte = " ".repeat(1024 * 1024);

        assertThat(drop.wrong("s.txt", megabyte + "a").get(0)).contains("the limit is 1 MB");
        assertThat(drop.one("s.json", megabyte + "{\"prompt\":\"a\"}").name()).isEqualTo("s");
        assertThat(drop.one("t.txt", megabyte.substring(1) + "a").name()).isEqualTo("t");
    }
}
