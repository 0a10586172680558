package io.kvorum.node;

import io.kvorum.backend.BackendException;
import io.kvorum.engine.EmbeddedStore;
import io.kvorum.jraft.JRaftLog;
import io.kvorum.jraft.LogUnusable;
import io.kvorum.jraft.log.LogCorrupt;
import io.kvorum.node.config.ServerConfig;
import io.kvorum.pki.ServerCertificates;
import io.kvorum.raft.LogUnavailable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;

/** Makes this server the only member of the store it has on its disk, under a new cluster identity. One thread. */
final class StoreReset {
    private static final Duration LIMIT = Duration.ofMinutes(1);

    private StoreReset() {}

    static void run(ServerConfig config, InstantSource clock) {
        Path folder = StoreOrigin.storeFolder(config);
        if (!Files.exists(folder.resolve("member/wal"))) {
            throw new StartFailure(
                    "there is no store in %s that could be reset; name a snapshot by --cluster-reset-restore-path"
                            .formatted(folder));
        }
        StoreMember member = StoreMember.ensure(folder, config.node().name(), null);
        long cluster = new SecureRandom().nextLong();
        var certificates = ServerCertificates.open(config.serverFolder().resolve("tls"), clock);
        try {
            JRaftLog log =
                    StoreStart.log(config, certificates, ServingNames.of(config, member), member, StoreOrigin.DISK);
            try (EmbeddedStore store = StoreStart.open(config, log, clock)) {
                store.resetToSelf(cluster, LIMIT);
            }
        } catch (LogUnavailable | LogUnusable | LogCorrupt | BackendException e) {
            throw new StartFailure("the store could not be reset: " + e.getMessage(), e);
        }
        member.movedTo(cluster, folder);
        StoreOrigin.markVoted(folder);
    }
}
