package io.kvorum.node;

import io.kvorum.node.config.ConfigurationFiles;
import io.kvorum.node.config.OptionTable;
import io.kvorum.node.config.ServerConfigReader;
import io.kvorum.node.config.Settings;
import io.kvorum.node.snapshots.Bundle;
import io.kvorum.node.snapshots.BundleContent;
import io.kvorum.node.snapshots.SnapshotRefused;
import io.kvorum.pki.Seal;
import io.kvorum.pki.SecretFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Makes a bare machine the cluster that a bundle holds; the server is to be started as usual then. One thread. */
public final class BundleRestore {
    private final Path configFile;
    private final Path dataFolder;
    private final Map<String, String> environment;

    /** @param configFile such as {@code /etc/rancher/k3s/config.yaml} */
    public BundleRestore(Path configFile, Path dataFolder, Map<String, String> environment) {
        this.configFile = configFile;
        this.dataFolder = dataFolder;
        this.environment = new TreeMap<>(environment);
        // the machine is to be the only server at first
        this.environment.remove("K3S_URL");
    }

    /**
     * Does it.
     *
     * @param notes hears what is being done, for people
     * @return what to tell at the end
     * @throws SnapshotRefused when the bundle cannot be opened by this
     * @throws StartFailure when the store cannot be restored; what was there is as it was then
     */
    public String run(Path file, Seal seal, InstantSource clock, Consumer<String> notes) {
        var bundle = new Bundle(file);
        BundleContent content = bundle.content(seal);
        Path folder = dataFolder.resolve("server/db/snapshots");
        Path snapshot = folder.resolve("from-" + file.getFileName() + ".db");
        try {
            SecretFile.createFolder(folder);
        } catch (IOException e) {
            throw new SnapshotRefused("the folder of %s cannot be made: %s".formatted(snapshot, e), e);
        }
        bundle.extract(snapshot);
        bundle.putFiles(content, folders(configFile, dataFolder), notes);
        Settings settings = Settings.merge(
                OptionTable.server(),
                List.of(
                        "--cluster-reset",
                        "--cluster-reset-restore-path=" + snapshot,
                        "--token=" + content.token(),
                        "--data-dir=" + dataFolder),
                environment,
                new ConfigurationFiles(configFile));
        return ClusterReset.run(ServerConfigReader.read(settings, LocalMachine.read()), clock, notes);
    }

    /** Where a server's configuration and manifests are. */
    public static BundleContent.Folders folders(Path configFile, Path dataFolder) {
        Path config = configFile.toAbsolutePath().getParent();
        return new BundleContent.Folders(config == null ? configFile : config, dataFolder.resolve("server/manifests"));
    }
}
