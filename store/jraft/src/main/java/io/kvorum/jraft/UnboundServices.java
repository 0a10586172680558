package io.kvorum.jraft;

import com.alipay.sofa.jraft.JRaftServiceFactory;
import com.alipay.sofa.jraft.entity.codec.LogEntryCodecFactory;
import com.alipay.sofa.jraft.option.NodeOptions;
import com.alipay.sofa.jraft.option.RaftOptions;
import com.alipay.sofa.jraft.storage.LogStorage;
import com.alipay.sofa.jraft.storage.RaftMetaStorage;
import com.alipay.sofa.jraft.storage.SnapshotStorage;
import com.alipay.sofa.jraft.util.SPI;

/** What the library finds as its default: it has none, each member brings its own {@link MemberServices}. */
@SPI(name = "kvorum", priority = 10)
public final class UnboundServices implements JRaftServiceFactory {
    private static final String NONE = "each member brings its own storage";

    @Override
    public LogStorage createLogStorage(String uri, RaftOptions options) {
        throw new IllegalStateException(NONE);
    }

    @Override
    public SnapshotStorage createSnapshotStorage(NodeOptions options) {
        throw new IllegalStateException(NONE);
    }

    @Override
    public RaftMetaStorage createRaftMetaStorage(String uri, RaftOptions options) {
        throw new IllegalStateException(NONE);
    }

    @Override
    public LogEntryCodecFactory createLogEntryCodecFactory() {
        throw new IllegalStateException(NONE);
    }
}
