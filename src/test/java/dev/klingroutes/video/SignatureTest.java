package dev.klingroutes.video;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SignatureTest {
    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource({
        "x.png, 89504E470D0A1A0A 00010203 0000000049454E44AE426082,",
        "x.png, 89504E470D0A1A0A 00010203, it is cut off",
        "x.png, FFD8FFE0000000000000000000000000FFD9, it is not a png",
        "x.jpg, FFD8FFE0000000000000000000000000FFD9,",
        "x.jpg, FFD8FFE0000000000000000000000000, it is cut off",
        "x.webp, 52494646 08000000 57454250 00000000,",
        "x.webp, 52494646 09000000 57454250 00000000, it is cut off",
        "x.webp, 52494646 08000000 57415645 00000000, it is not a webp",
        "x.wav, 52494646 08000000 57415645 00000000,",
        "x.wav, 52494646 FFFFFFFF 57415645 00000000, it is cut off",
        "x.mp3, 494433 00000000,",
        "x.mp3, FFFB9064 00000000,",
        "x.mp3, 3C68746D6C3E, it is not a mp3",
        "x.mp3, '', it is not a mp3",
        "x.m4a, 00000008 66747970 00000008 6D6F6F76,",
        "x.mp4, 3C68746D6C3E2020, it is not an MP4"
    })
    void a_file_is_what_its_ending_says(String name, String hex, String fault) throws Exception {
        byte[] bytes = java.util.HexFormat.of().parseHex(hex.replace(" ", ""));
        try (FileChannel file = FileChannel.open(Files.write(folder.resolve(name), bytes))) {
            assertThat(Signature.fault(name, file))
                    .as(new String(bytes, ISO_8859_1))
                    .isEqualTo(fault);
        }
    }
}
