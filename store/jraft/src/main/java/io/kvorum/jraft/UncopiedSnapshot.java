package io.kvorum.jraft;

import com.alipay.sofa.jraft.entity.RaftOutter.SnapshotMeta;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotReader;
import com.google.protobuf.Message;
import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot whose files nobody can fetch, since there was no room to make them. The library takes a leader that has none
 * for broken; with this one the member it is for fails to fetch it, and is sent another one later.
 */
final class UncopiedSnapshot extends SnapshotReader {
    private final @Nullable SnapshotMeta meta;
    private final String uri;
    private final String path;

    private UncopiedSnapshot(@Nullable SnapshotMeta meta, String uri, String path) {
        this.meta = meta;
        this.uri = uri;
        this.path = path;
    }

    /** Closes the reader it takes the place of, by which the name it gave out leads nowhere. */
    static @Nullable SnapshotReader of(@Nullable SnapshotReader held) {
        if (held == null) {
            return null;
        }
        var uncopied = new UncopiedSnapshot(held.load(), String.valueOf(held.generateURIForCopy()), held.getPath());
        try {
            held.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("could not close the snapshot " + held.getPath(), e);
        }
        return uncopied;
    }

    @Override
    public @Nullable SnapshotMeta load() {
        return meta;
    }

    @Override
    public String generateURIForCopy() {
        return uri;
    }

    @Override
    public boolean init(Void nothing) {
        return true;
    }

    @Override
    public void shutdown() {
        // Nothing is held.
    }

    @Override
    public String getPath() {
        return path;
    }

    @Override
    public Set<String> listFiles() {
        return Set.of();
    }

    @Override
    public @Nullable Message getFileMeta(String fileName) {
        return null;
    }

    @Override
    public void close() {
        // Nothing is held.
    }
}
