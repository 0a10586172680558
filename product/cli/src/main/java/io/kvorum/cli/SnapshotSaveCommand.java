package io.kvorum.cli;

import io.kvorum.node.BundleRestore;
import io.kvorum.node.snapshots.Bundle;
import io.kvorum.pki.Seal;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code etcd-snapshot save}. */
@Command(name = "save", mixinStandardHelpOptions = true, description = "Save a snapshot now and verify it.")
final class SnapshotSaveCommand implements Callable<Integer> {
    private static final Path CONFIG_FILE = Path.of("/etc/rancher/k3s/config.yaml");

    @Spec
    private CommandSpec spec;

    @Mixin
    private SnapshotFlags flags;

    @Option(names = "--name", paramLabel = "NAME", description = "First part of its name (default on-demand).")
    private @Nullable String name;

    @Option(
            names = {"--snapshot-compress", "--etcd-snapshot-compress"},
            arity = "0..1",
            fallbackValue = "true",
            description = "Compress it.")
    private @Nullable Boolean isCompressed;

    @Option(
            names = {"--snapshot-retention", "--etcd-snapshot-retention"},
            paramLabel = "COUNT",
            description = "How many of this name to keep (default 10, or the server's setting if that is more).")
    private @Nullable Integer retention;

    @Option(
            names = "--bundle",
            paramLabel = "FILE",
            description =
                    "Also write all that a bare machine needs into one file: snapshot, token, configuration, manifests.")
    private @Nullable Path bundle;

    @Mixin
    private SealFlags seal;

    @Override
    public Integer call() {
        Optional<Seal> closing = bundle == null ? Optional.empty() : Optional.of(seal.toClose());
        ObjectNode request = flags.request("save");
        if (name != null) {
            request.putArray("name").add(name);
        }
        if (isCompressed != null) {
            request.put("compress", isCompressed);
        }
        if (retention != null) {
            request.put("retention", retention);
        }
        JsonNode result = flags.ask(request, spec.commandLine().getErr());
        PrintWriter out = spec.commandLine().getOut();
        result.path("created").forEach(each -> out.println("Snapshot " + each.asString() + " saved."));
        result.path("deleted").forEach(each -> out.println("Snapshot " + each.asString() + " deleted."));
        if (bundle != null && closing.isPresent()) {
            new Bundle(bundle)
                    .write(
                            Path.of(result.path("file").asString("")),
                            flags.tokenText(),
                            BundleRestore.folders(CONFIG_FILE, flags.dataDir()),
                            closing.get());
            out.println("Bundle " + bundle + " written.");
        }
        out.flush();
        return SnapshotFlags.bucketOutcome(result, spec.commandLine().getErr());
    }
}
