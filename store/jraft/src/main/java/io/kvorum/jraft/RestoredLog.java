package io.kvorum.jraft;

import com.alipay.sofa.jraft.entity.LocalFileMetaOutter.LocalFileMeta;
import com.alipay.sofa.jraft.entity.RaftOutter.SnapshotMeta;
import com.alipay.sofa.jraft.option.RaftOptions;
import com.alipay.sofa.jraft.storage.snapshot.Snapshot;
import com.alipay.sofa.jraft.storage.snapshot.local.LocalSnapshotMetaTable;
import io.kvorum.jraft.wire.PeerName;
import io.kvorum.raft.LogPosition;
import io.kvorum.raft.Member;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The first files of a log whose member got its state from a backup. The log begins behind the position that the state
 * claims, so that a member that joins later is sent the state and not entries that never were. Stateless.
 */
public final class RestoredLog {
    private RestoredLog() {}

    /**
     * Lays the files out and waits until the disk has them.
     *
     * @param folder as in {@link JRaftLogConfig#folder}; empty or missing
     * @param only the one member of the new cluster
     * @throws LogUnusable when the disk refuses
     */
    public static void create(Path folder, Member only, LogPosition position) {
        Path snapshots = folder.resolve("snapshot");
        Path snapshot = snapshots.resolve(Snapshot.JRAFT_SNAPSHOT_PREFIX + position.index());
        try {
            Files.createDirectories(snapshot);
            Path mark = snapshot.resolve(SnapshotFolder.MARK);
            Files.writeString(mark, "the state machine keeps the state\n");
            var table = new LocalSnapshotMetaTable(new RaftOptions());
            table.setMeta(SnapshotMeta.newBuilder()
                    .setLastIncludedIndex(position.index())
                    .setLastIncludedTerm(position.term())
                    .addPeers(PeerName.of(only).toString())
                    .build());
            table.addFile(SnapshotFolder.MARK, LocalFileMeta.getDefaultInstance());
            Path meta = snapshot.resolve(Snapshot.JRAFT_SNAPSHOT_META_FILE);
            if (!table.saveToFile(meta.toString())) {
                throw new IOException("the description of the log's beginning was not written");
            }
            force(mark, StandardOpenOption.WRITE);
            force(meta, StandardOpenOption.WRITE);
            force(snapshot, StandardOpenOption.READ);
            force(snapshots, StandardOpenOption.READ);
            force(folder, StandardOpenOption.READ);
        } catch (IOException e) {
            throw new LogUnusable("could not lay out the log in %s: %s".formatted(folder, e.getMessage()), e);
        }
    }

    private static void force(Path path, StandardOpenOption option) throws IOException {
        try (FileChannel channel = FileChannel.open(path, option)) {
            channel.force(true);
        }
    }
}
