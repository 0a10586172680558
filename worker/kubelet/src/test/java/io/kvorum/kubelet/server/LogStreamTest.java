package io.kvorum.kubelet.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.http.QueryParameters;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogStreamTest {
    @TempDir
    Path folder;

    private Path log;

    @BeforeEach
    void writeLog() throws IOException {
        log = folder.resolve("0.log");
        Files.writeString(log, """
                2026-01-01T00:00:01.5Z stdout F one
                2026-01-01T00:00:02Z stdout P tw
                2026-01-01T00:00:02Z stdout F o
                2026-01-01T00:00:03Z stderr F three
                """);
    }

    @Test
    void partialLinesAreJoined() throws IOException {
        assertThat(read("")).isEqualTo("one\ntwo\nthree\n");
    }

    @Test
    void onlyTheLastLinesAreSent() throws IOException {
        assertThat(read("tailLines=1")).isEqualTo("three\n");
        assertThat(read("tailLines=0")).isEmpty();
        assertThat(read("tailLines=99")).isEqualTo("one\ntwo\nthree\n");
    }

    @Test
    void aTimestampStandsBeforeEachWholeLine() throws IOException {
        assertThat(read("timestamps=true"))
                .isEqualTo("2026-01-01T00:00:01.5Z one\n2026-01-01T00:00:02Z two\n2026-01-01T00:00:03Z three\n");
    }

    @Test
    void olderLinesAreLeftOut() throws IOException {
        assertThat(read("sinceTime=2026-01-01T00:00:03Z")).isEqualTo("three\n");
    }

    @Test
    void theLimitCutsWithinALine() throws IOException {
        assertThat(read("limitBytes=6")).isEqualTo("one\ntw");
    }

    private String read(String query) throws IOException {
        LogRequest request = LogRequest.of(QueryParameters.parse(query), Instant.parse("2026-01-01T00:01:00Z"));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LogStream.send(log, request, () -> false, out);
        return out.toString(StandardCharsets.UTF_8);
    }
}
