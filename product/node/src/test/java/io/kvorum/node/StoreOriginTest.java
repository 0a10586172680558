package io.kvorum.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.node.config.ConfigurationFiles;
import io.kvorum.node.config.Machine;
import io.kvorum.node.config.OptionTable;
import io.kvorum.node.config.ServerConfig;
import io.kvorum.node.config.ServerConfigReader;
import io.kvorum.node.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreOriginTest {
    private static final String JOIN = "--server=https://10.0.0.1:6443";

    @TempDir
    private Path folder;

    @Test
    void anEmptyServerBeginsUnlessItIsToldToJoin() {
        assertThat(StoreOrigin.of(config("--cluster-init"))).isEqualTo(StoreOrigin.NOTHING);
        assertThat(StoreOrigin.of(config(JOIN))).isEqualTo(StoreOrigin.CLUSTER);
        assertThat(StoreOrigin.of(config(JOIN, "--cluster-init"))).isEqualTo(StoreOrigin.CLUSTER);
    }

    @Test
    void aServerThatHasVotedGoesOnFromItsDiskWhateverTheFlagsSay() throws IOException {
        writeLog();
        StoreOrigin.markVoted(config());

        assertThat(StoreOrigin.of(config("--cluster-init"))).isEqualTo(StoreOrigin.DISK);
        assertThat(StoreOrigin.of(config(JOIN))).isEqualTo(StoreOrigin.DISK);
    }

    @Test
    void aServerThatWasCutOffWhileItJoinedGoesOnJoining() throws IOException {
        writeLog();

        assertThat(StoreOrigin.of(config(JOIN))).isEqualTo(StoreOrigin.CLUSTER);
    }

    @Test
    void aServerOfAClusterThatLostItsStoreBeginsNoSecondOne() throws IOException {
        Path memory = folder.resolve("server/cluster");
        Files.createDirectories(memory.getParent());
        Files.writeString(memory, "00000000000000aa\nhttps://10.0.0.2:6443\n");

        assertThatThrownBy(() -> begin("--cluster-init"))
                .isInstanceOf(StartFailure.class)
                .hasMessageContaining("--server https://10.0.0.2:6443")
                .hasMessageContaining(memory.toString());
        assertThatCode(() -> begin(JOIN)).doesNotThrowAnyException();

        Files.writeString(memory, "00000000000000aa\n\n");
        assertThatCode(() -> begin("--cluster-init")).as("it was alone").doesNotThrowAnyException();
    }

    @Test
    void theNodeIsReadOffAMembersName() {
        assertThat(EngineMembers.nodeOf("edge-1-01020304")).isEqualTo("edge-1");
    }

    private void begin(String... flags) {
        ServerConfig config = config(flags);
        ClusterMemory.refuseSecondCluster(config, StoreOrigin.of(config));
    }

    private void writeLog() throws IOException {
        Path log = folder.resolve("server/db/etcd/member/wal/log");
        Files.createDirectories(log);
    }

    private ServerConfig config(String... flags) {
        List<String> all = new ArrayList<>(List.of("--data-dir", folder.toString()));
        all.addAll(List.of(flags));
        return ServerConfigReader.read(
                Settings.merge(OptionTable.server(), all, Map.of(), new ConfigurationFiles(folder.resolve("none"))),
                new Machine("box", () -> "127.0.0.1", () -> "0123abcd"));
    }
}
