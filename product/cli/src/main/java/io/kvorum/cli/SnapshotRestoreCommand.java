package io.kvorum.cli;

import io.kvorum.node.BundleRestore;
import io.kvorum.node.Logging;
import io.kvorum.node.snapshots.Bundle;
import io.kvorum.node.snapshots.FoundSnapshot;
import io.kvorum.node.snapshots.SnapshotRefused;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code etcd-snapshot restore}: a bundle on a bare machine, or one namespace; with {@code --dry-run}, nothing at all. */
@Command(
        name = "restore",
        mixinStandardHelpOptions = true,
        description = {
            "Restore a bundle on a bare machine, or one namespace into the running cluster (--namespace).",
            "With --dry-run, show what restoring a snapshot would bring; the restore of a whole cluster is "
                    + "server --cluster-reset."
        })
final class SnapshotRestoreCommand implements Callable<Integer> {
    private static final Path CONFIG_FILE = Path.of("/etc/rancher/k3s/config.yaml");

    @Spec
    private CommandSpec spec;

    @Mixin
    private SnapshotFlags flags;

    @Mixin
    private SealFlags seal;

    @Option(names = "--dry-run", description = "Change nothing.")
    private boolean isDryRun;

    @Option(
            names = {"--namespace", "-n"},
            paramLabel = "NAME",
            description = "Bring the objects of this namespace into the running cluster; what is there stays as it is.")
    private @Nullable String namespace;

    @Parameters(paramLabel = "SNAPSHOT", description = "A file, a name, the beginning of one, or a date; or a bundle.")
    private String snapshot;

    @Override
    public Integer call() {
        if (namespace != null) {
            return restoreNamespace(namespace);
        }
        Path given = Path.of(snapshot);
        if (Files.isRegularFile(given) && new Bundle(given).isOne()) {
            return restoreBundle(given);
        }
        return show();
    }

    private int restoreNamespace(String wanted) {
        ObjectNode request = flags.request("restore-namespace");
        PrintWriter err = spec.commandLine().getErr();
        JsonNode result;
        try (FoundSnapshot found = flags.find(snapshot, err)) {
            request.put("file", found.file().toAbsolutePath().toString())
                    .put("namespace", wanted)
                    .put("dryRun", isDryRun);
            result = flags.ask(request, err);
        }
        PrintWriter out = spec.commandLine().getOut();
        String done = isDryRun ? "would be created" : "created";
        result.path("created").forEach(each -> out.println(each.asString() + " " + done));
        result.path("present").forEach(each -> out.println(each.asString() + " is there already"));
        result.path("failed").forEach(each -> out.println(each.asString()));
        out.flush();
        return result.path("failed").isEmpty() ? 0 : 1;
    }

    private int restoreBundle(Path file) {
        PrintWriter out = spec.commandLine().getOut();
        if (isDryRun) {
            var content = new Bundle(file).content(seal.toOpen());
            out.println("The bundle opens. It would bring its snapshot and:");
            content.files().keySet().forEach(each -> out.println("  " + each));
            out.flush();
            return 0;
        }
        Logging.start(false);
        String told = new BundleRestore(CONFIG_FILE, flags.dataDir(), System.getenv())
                .run(file, seal.toOpen(), InstantSource.system(), note -> {
                    out.println(note);
                    out.flush();
                });
        out.println(told);
        out.flush();
        return 0;
    }

    private int show() {
        PrintWriter err = spec.commandLine().getErr();
        PrintWriter out = spec.commandLine().getOut();
        try (FoundSnapshot found = flags.find(snapshot, err)) {
            String command = "server --cluster-reset --cluster-reset-restore-path=" + found.place();
            if (!isDryRun) {
                throw new SnapshotRefused("stop this server and all others, then run: %s %s"
                        .formatted(spec.root().name(), command));
            }
            JsonNode seen = flags.inspect(found, err);
            SnapshotShowCommand.table(seen, out);
            out.println();
            out.println("Nothing was changed. To restore it, stop all servers and run:");
            out.println("  " + spec.root().name() + " " + command);
        }
        out.flush();
        return 0;
    }
}
