package io.kvorum.etcdctl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command's minute cut short, against a real etcd. */
class CheckPerfTest {
    @TempDir
    private Path folder;

    @Test
    void aCheckWritesAtItsRateJudgesAndLeavesNothingBehind() throws Exception {
        assumeTrue(RealEtcd.installed(), "no real etcd in /usr/bin to measure");
        try (RealEtcd etcd = new RealEtcd(folder, 1, false)) {
            Player ours = new Player(etcd, false, List.of("--endpoints=" + etcd.endpoints()));

            String said = ours.play("check perf --load s --seconds 2 --prefix /perf/ --auto-compact --auto-defrag");

            assertThat(said.lines())
                    .anyMatch(line -> line.startsWith("Compacted with revision"))
                    .anyMatch(line -> line.startsWith("Defragmented \""))
                    .anyMatch(line -> line.matches("(PASS: Throughput is|FAIL: Throughput too low:) [0-9]+ writes/s"))
                    .anyMatch(line -> line.matches("(PASS: Slowest request took|Slowest request took too long:) .*"))
                    .anyMatch(line -> line.matches("(PASS: Stddev is|Stddev too high:) .*"))
                    .anyMatch(line -> line.equals("PASS") || line.equals("FAIL"));
            // On a busy machine either may be right, but the code has to go with the word.
            assertThat(said).endsWith(said.contains("\nPASS\n") ? "-> 0" : "-> 1");
            assertThat(ours.play("get /perf/ --prefix --keys-only")).isEqualTo("-> 0");
            String refused = ours.play("put /perf/mine 1") + ours.play("check perf --prefix /perf/");
            assertThat(refused).contains("prefix \"/perf/\" has keys");
        }
    }
}
