package io.kvorum.node;

import io.kvorum.jraft.RestoredLog;
import io.kvorum.model.Revision;
import io.kvorum.node.config.ServerConfig;
import io.kvorum.node.snapshots.BucketCopies;
import io.kvorum.node.snapshots.LocalSnapshots;
import io.kvorum.node.snapshots.SealedAuthorities;
import io.kvorum.node.snapshots.ServerPassword;
import io.kvorum.pki.SecretFile;
import io.kvorum.raft.Member;
import io.kvorum.snapshot.bbolt.SnapshotDamaged;
import io.kvorum.snapshot.bbolt.SnapshotInaccessible;
import io.kvorum.snapshot.catalogue.Inspection;
import io.kvorum.snapshot.catalogue.PlainSnapshot;
import io.kvorum.snapshot.restore.SnapshotRestore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * {@code server --cluster-reset}: makes this server the only member of a new cluster, with the data it has or with that of
 * a snapshot, and ends. Nothing is touched before the snapshot was read through and the token proven to fit. One thread.
 */
public final class ClusterReset {
    /** K3s's words, which people's scripts look for. */
    private static final String DONE =
            "Managed etcd cluster membership has been reset, restart without --cluster-reset flag now. "
                    + "Backup and delete ${datadir}/server/db on each peer etcd server and rejoin the nodes";

    private static final int PEER_PORT = 2380;

    private final ServerConfig config;
    private final InstantSource clock;
    private final Consumer<String> notes;
    private final StoreFolders folders;

    private ClusterReset(ServerConfig config, InstantSource clock, Consumer<String> notes) {
        this.config = config;
        this.clock = clock;
        this.notes = notes;
        this.folders = new StoreFolders(config.serverFolder(), config.agentFolder());
    }

    /**
     * Does it.
     *
     * @param notes hears what is being done, for people
     * @return what to tell at the end
     * @throws StartFailure when it cannot be done; the old data is as it was then
     */
    public static String run(ServerConfig config, InstantSource clock, Consumer<String> notes) {
        try (var _ = DataFolderLock.take(config.dataDir())) {
            new ClusterReset(config, clock, notes).run();
            return DONE;
        } catch (SnapshotDamaged | SnapshotInaccessible e) {
            throw new StartFailure(String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new UncheckedIOException("the reset failed", e);
        }
    }

    private void run() throws IOException {
        if (folders.finish(clock.instant())) {
            notes.accept("a restore that had been cut off is finished; to restore again, run this once more");
            return;
        }
        if (Files.exists(folders.resetFlag())) {
            throw new StartFailure(
                    ("the cluster was reset already: start the server without --cluster-reset; to reset it once more before that,"
                                    + " delete %s first")
                            .formatted(folders.resetFlag()));
        }
        String wanted = config.recovery().snapshot();
        if (wanted == null) {
            StoreReset.run(config, clock);
            SecretFile.write(folders.resetFlag(), "", "rw-------");
        } else {
            restore(found(wanted));
        }
    }

    /** With a bucket set, a name means what is there; a file that is here is taken as it is. */
    private Path found(String wanted) {
        Path folder = config.snapshots().folder();
        boolean isInBucket = BucketCopies.isAddress(wanted)
                || (config.snapshots().isForS3() && !Files.isRegularFile(Path.of(wanted)));
        return isInBucket
                ? new BucketCopies(config.snapshots().s3(), notes)
                        .fetch(wanted, folder)
                        .file()
                : new LocalSnapshots(folder, notes).find(wanted);
    }

    private void restore(Path file) throws IOException {
        try (PlainSnapshot plain = PlainSnapshot.of(file)) {
            notes.accept("reading %s through".formatted(file));
            Inspection seen = Inspection.of(plain.file());
            notes.accept("it holds revision %d with %d objects and %d nodes"
                    .formatted(
                            seen.status().revision().value(),
                            seen.objectCount(),
                            seen.nodes().size()));
            Optional<String> password =
                    ServerPassword.of(config.serverFolder(), config.admission().token());
            Optional<String> authorities = authorities(seen, password);
            Path restoring = folders.begin();
            authorities.ifPresent(
                    text -> SecretFile.write(restoring.resolve(StoreFolders.AUTHORITIES), text, "rw-------"));
            password.ifPresent(text -> SecretFile.write(restoring.resolve(StoreFolders.TOKEN), text, "rw-------"));
            write(plain.file(), restoring);
        }
        folders.complete();
        folders.finish(clock.instant());
    }

    private void write(Path snapshot, Path restoring) {
        StoreMember member = StoreMember.ensure(restoring, config.node().name(), null);
        Revision reached =
                SnapshotRestore.into(restoring.resolve("member/state"), snapshot, SnapshotRestore.REVISION_JUMP);
        var address = new InetSocketAddress(config.node().address(), PEER_PORT);
        RestoredLog.create(
                restoring.resolve("member/wal"), new Member(member.id(), address, false), SnapshotRestore.LOG_BEGIN);
        StoreOrigin.markVoted(restoring);
        notes.accept(
                "restored; the new cluster %016x begins at revision %d".formatted(member.clusterId(), reached.value()));
    }

    /**
     * The cluster's authorities as the snapshot has them; empty when it has none, or those that are here already.
     *
     * @throws StartFailure when they are sealed to another token, or when there are none at all
     */
    private Optional<String> authorities(Inspection seen, Optional<String> password) {
        Path present = config.serverFolder().resolve("tls/server-ca.key");
        return switch (SealedAuthorities.open(seen, password)) {
            case SealedAuthorities.Opened opened -> Optional.of(opened.document());
            case SealedAuthorities.Absent _ -> {
                if (!Files.exists(present)) {
                    throw new StartFailure(
                            "the snapshot holds no authorities (certificates and keys) and this machine has none; restore it where the cluster ran");
                }
                yield Optional.empty();
            }
            case SealedAuthorities.Closed _ ->
                throw new StartFailure(
                        "the snapshot's authorities are sealed to the cluster's token; give it by --token or K3S_TOKEN");
            case SealedAuthorities.Unfit unfit ->
                throw new StartFailure(
                        ("the token does not fit this snapshot, which was made under another one (%s, not %s);"
                                        + " give the token of that time by --token")
                                .formatted(String.join(", ", unfit.present()), unfit.tried()));
        };
    }
}
