package io.kvorum.kubelet.containerd;

import io.kvorum.network.Command;
import io.kvorum.network.CommandFailed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** What this machine does not let a container runtime do, found out by trying. */
final class MachineLimits {
    private MachineLimits() {}

    /** Whether an OOM score may not be lowered here (no CAP_SYS_RESOURCE): then every pod would fail to start. */
    static boolean keepsOomScore() {
        try {
            return !Command.of(Duration.ofSeconds(5), "sh", "-c", "echo -1 > /proc/self/oom_score_adj")
                    .run()
                    .succeeded();
        } catch (CommandFailed unknown) {
            return true;
        }
    }

    static boolean lacksAppArmor() {
        try {
            return !Files.readString(Path.of("/sys/module/apparmor/parameters/enabled"))
                    .startsWith("Y");
        } catch (IOException notThere) {
            return true;
        }
    }
}
