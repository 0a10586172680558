package io.kvorum.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalMachineTest {
    @TempDir
    private Path folder;

    @Test
    void aMachineKeepsTheIdItMadeUpOnce() throws Exception {
        Path file = folder.resolve("node/id");

        String id = LocalMachine.nodeId(file, new Random(1));

        assertThat(id).matches("[0-9a-f]{8}");
        assertThat(LocalMachine.nodeId(file, new Random(2))).isEqualTo(id);
        assertThat(Files.readString(file)).isEqualTo(id + "\n");
    }
}
