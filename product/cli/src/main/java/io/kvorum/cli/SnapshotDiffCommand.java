package io.kvorum.cli;

import io.kvorum.node.snapshots.FoundSnapshot;
import io.kvorum.node.snapshots.LocalSnapshots;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code etcd-snapshot diff}: exit code 0 when both hold the same, 1 when not. */
@Command(
        name = "diff",
        mixinStandardHelpOptions = true,
        description = "Show which keys two snapshots differ in. Needs no server.")
final class SnapshotDiffCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private SnapshotFlags flags;

    @Parameters(index = "0", paramLabel = "EARLIER")
    private String earlier;

    @Parameters(index = "1", paramLabel = "LATER")
    private String later;

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        LocalSnapshots.Difference found;
        try (FoundSnapshot before = flags.find(earlier, err);
                FoundSnapshot after = flags.find(later, err)) {
            found = flags.local(err).difference(before.file(), after.file());
        }
        PrintWriter out = spec.commandLine().getOut();
        found.added().forEach(key -> out.println("+ " + key));
        found.changed().forEach(key -> out.println("~ " + key));
        found.removed().forEach(key -> out.println("- " + key));
        out.flush();
        return found.added().isEmpty()
                        && found.changed().isEmpty()
                        && found.removed().isEmpty()
                ? 0
                : 1;
    }
}
