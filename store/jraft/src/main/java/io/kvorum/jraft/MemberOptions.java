package io.kvorum.jraft;

import com.alipay.sofa.jraft.option.NodeOptions;
import com.alipay.sofa.jraft.option.RaftOptions;
import io.kvorum.jraft.wire.PeerNetwork;
import java.nio.file.Path;

/** The library's options for one member, and by them its own network: the library hands them to {@link PeerRpcFactory}. */
final class MemberOptions extends NodeOptions {
    private final PeerNetwork network;

    MemberOptions(JRaftLogConfig config, PeerNetwork network) {
        this.network = network;
        Path folder = config.folder();
        setLogUri(folder.resolve("log").toString());
        setRaftMetaUri(folder.resolve("meta").toString());
        setSnapshotUri(folder.resolve("snapshot").toString());
        long election = config.timings().election().toMillis();
        setElectionTimeoutMs((int) election);
        setSnapshotIntervalSecs(0);
        setDisableCli(true);
        setSharedTimerPool(true);
        setSharedElectionTimer(true);
        setSharedVoteTimer(true);
        setSharedStepDownTimer(true);
        setSharedSnapshotTimer(true);
        // Pings are answered under the library's lock: a peer that leads nowhere must not delay an election.
        setRpcConnectTimeoutMs(150);
        setRpcDefaultTimeout((int) Math.max(1000, 4 * election));
        setRpcProcessorThreadPoolSize(6);
        setRaftOptions(raftOptions(config));
    }

    private static RaftOptions raftOptions(JRaftLogConfig config) {
        var options = new RaftOptions();
        long election = config.timings().election().toMillis();
        options.setElectionHeartbeatFactor(
                (int) Math.max(1, election / config.timings().heartbeat().toMillis()));
        options.setMaxElectionDelayMs((int) election);
        options.setApplyBatch(256);
        options.setDisruptorBufferSize(4096);
        options.setMaxReplicatorInflightMsgs(64);
        options.setMaxByteCountPerRpc(512 << 10);
        options.setSync(true);
        options.setSyncMeta(true);
        options.setOpenStatistics(false);
        return options;
    }

    PeerNetwork network() {
        return network;
    }
}
