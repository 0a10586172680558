package io.kvorum.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.node.config.ConfigurationFiles;
import io.kvorum.node.config.Machine;
import io.kvorum.node.config.OptionTable;
import io.kvorum.node.config.ServerConfig;
import io.kvorum.node.config.ServerConfigReader;
import io.kvorum.node.config.Settings;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EtcdStartTest {
    @TempDir
    private Path folder;

    @Test
    void metricsLeaveTheMachineOnlyWhenAskedTo() {
        var local = new InetSocketAddress("127.0.0.1", 2381);

        assertThat(EtcdStart.healthAddresses(config())).containsExactly(local);
        assertThat(EtcdStart.healthAddresses(config("--etcd-expose-metrics")))
                .containsExactly(local, new InetSocketAddress("192.0.2.7", 2381));
    }

    private ServerConfig config(String... flags) {
        return ServerConfigReader.read(
                Settings.merge(
                        OptionTable.server(), List.of(flags), Map.of(), new ConfigurationFiles(folder.resolve("none"))),
                new Machine("box", () -> "192.0.2.7", () -> "0123abcd"));
    }
}
