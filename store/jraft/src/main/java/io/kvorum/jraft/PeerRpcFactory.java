package io.kvorum.jraft;

import com.alipay.sofa.jraft.option.RpcOptions;
import com.alipay.sofa.jraft.rpc.RaftRpcFactory;
import com.alipay.sofa.jraft.rpc.RpcClient;
import com.alipay.sofa.jraft.rpc.RpcServer;
import com.alipay.sofa.jraft.util.Endpoint;
import com.alipay.sofa.jraft.util.SPI;
import com.alipay.sofa.jraft.util.ThreadPoolsFactory;
import io.kvorum.jraft.wire.PeerClient;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Gives each member in the process its own client. The library makes the one instance there is. Any thread. */
@SPI(name = "kvorum", priority = 10)
public final class PeerRpcFactory implements RaftRpcFactory {
    /** The name the library knows this product's replicated log by. */
    static final String GROUP = "kvorum";

    public PeerRpcFactory() {
        // The library's own pool has no queue and throws under a burst, which would lose wake-ups of its replicators.
        // Full, which 100,000 waiting callbacks would take, it throws as well.
        var callbacks = new ThreadPoolExecutor(
                8,
                8,
                30,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(100_000),
                Thread.ofPlatform().daemon().name("raft-callback-", 0).factory());
        callbacks.allowCoreThreadTimeOut(true);
        ThreadPoolsFactory.registerThreadPool(GROUP, callbacks);
    }

    private record OfMember(MemberOptions options) implements ConfigHelper<RpcClient> {
        @Override
        public void config(RpcClient client) {
            // Made complete.
        }
    }

    @Override
    public ConfigHelper<RpcClient> defaultJRaftClientConfigHelper(RpcOptions options) {
        return new OfMember((MemberOptions) options);
    }

    @Override
    public RpcClient createRpcClient(@Nullable ConfigHelper<RpcClient> helper) {
        if (helper instanceof OfMember(MemberOptions options)) {
            return new PeerClient(options.network());
        }
        throw new IllegalStateException("a client belongs to a member");
    }

    @Override
    public RpcServer createRpcServer(Endpoint endpoint, @Nullable ConfigHelper<RpcServer> helper) {
        throw new IllegalStateException("a member makes its own server");
    }

    @Override
    public void registerProtobufSerializer(String className, Object... args) {
        // The streams know all messages they carry.
    }
}
