package io.kvorum.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class LoggingTest {
    @TempDir
    private Path folder;

    @AfterEach
    void asBefore() {
        Logging.start(false);
    }

    @Test
    void aLogFileIsWrittenOnAcrossStarts() throws IOException {
        Path file = folder.resolve("log/k3s.log");
        for (int start = 0; start < 2; start++) {
            Logging.start(false, Optional.of(file), false);
            LoggerFactory.getLogger(LoggingTest.class)
                    .atInfo()
                    .addKeyValue("start", start)
                    .log("the server is ready");
        }

        assertThat(Files.readAllLines(file))
                .hasSize(2)
                .allSatisfy(line -> assertThat(line).contains("LoggingTest: the server is ready start="));
    }

    @Test
    void aFileThatCannotBeWrittenIsRefusedByName() {
        assertThatThrownBy(() -> Logging.start(false, Optional.of(folder), false))
                .isInstanceOf(StartFailure.class)
                .hasMessageContaining("cannot log into " + folder);
    }
}
