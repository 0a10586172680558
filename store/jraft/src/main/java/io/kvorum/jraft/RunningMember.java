package io.kvorum.jraft;

import com.alipay.sofa.jraft.JRaftUtils;
import com.alipay.sofa.jraft.Node;
import com.alipay.sofa.jraft.NodeManager;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.conf.Configuration;
import com.alipay.sofa.jraft.core.NodeImpl;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.entity.RaftOutter.SnapshotMeta;
import com.alipay.sofa.jraft.rpc.RaftRpcServerFactory;
import com.alipay.sofa.jraft.rpc.impl.AbstractClientService;
import io.kvorum.jraft.wire.AddressBook;
import io.kvorum.jraft.wire.ClusterName;
import io.kvorum.jraft.wire.PeerClient;
import io.kvorum.jraft.wire.PeerName;
import io.kvorum.jraft.wire.PeerNetwork;
import io.kvorum.jraft.wire.PeerServer;
import io.kvorum.jraft.wire.proto.ForwardRequest;
import io.kvorum.jraft.wire.proto.Greeting;
import io.kvorum.jraft.wire.proto.MachineRequest;
import io.kvorum.jraft.wire.proto.MembersRequest;
import io.kvorum.jraft.wire.proto.ProgressRequest;
import io.kvorum.jraft.wire.proto.ProgressResponse;
import io.kvorum.model.Bytes;
import io.kvorum.raft.Durations;
import io.kvorum.raft.Leadership;
import io.kvorum.raft.LogPosition;
import io.kvorum.raft.LogUnavailable;
import io.kvorum.raft.Member;
import io.kvorum.raft.MemberId;
import io.kvorum.raft.MemberRemoved;
import io.kvorum.raft.StateMachine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A started member: the library's node and all that hangs on it. Any thread. */
final class RunningMember implements Applier.Listener, SnapshotFolder.Source {
    private static final Logger LOG = LoggerFactory.getLogger(RunningMember.class);
    /** A file that says that this member was removed. */
    private static final String REMOVED = "removed";

    private static final Duration STOP_DEADLINE = Duration.ofSeconds(5);
    private static final Duration HAND_OVER_DEADLINE = Duration.ofSeconds(1);

    private final JRaftLogConfig config;
    private final MembershipHistory memberships = new MembershipHistory();
    private final Applier applier;
    private final PeerNetwork network;
    private final PeerServer server;
    private final LogFiles files;
    private final DiskRoom room;
    private final ScheduledExecutorService timers;
    private final PeerId name;
    private final Node node;
    private final CommitTeller commits;
    private final AddressBook addresses;
    private final ClusterName cluster;
    private final Acquaintance acquaintance;
    private final MachineQuestions questions;
    private final ReadBarriers barriers;
    private final AtomicBoolean isRemoved = new AtomicBoolean();
    private final AtomicBoolean handingOn = new AtomicBoolean();
    private final AtomicBoolean takingSnapshot = new AtomicBoolean();
    private final AtomicReference<@Nullable RuntimeException> whatFailed = new AtomicReference<>();
    private volatile Leadership leadership = new Leadership(0, null, false);
    private volatile @Nullable PeerId leader;
    private volatile @Nullable String broken;
    private volatile long lastSnapshot;
    private volatile boolean closing;
    private volatile @Nullable PeerClient client;
    /** Set once the node runs, since its client is made while it starts. */
    private volatile @Nullable Proposals proposals;

    private volatile @Nullable Membership membership;
    private volatile @Nullable MemberChanges changes;

    private RunningMember(JRaftLogConfig config, StateMachine machine, UnaryOperator<Bytes> answering)
            throws IOException {
        this.config = config;
        this.questions = new MachineQuestions(answering);
        this.timers = ((TwoThreadTimers) JRaftUtils.raftTimerFactory()).threads();
        this.applier = new Applier(config.self(), machine, config.limits(), memberships, this);
        Files.createDirectories(config.folder());
        this.room = new DiskRoom(config.folder(), this::noRoom, timers);
        room.keepReserve();
        this.files = new LogFiles(config.folder().resolve("log"), memberships, this::membersSeen, this::failed, room);
        files.open();
        this.addresses = new AddressBook(config.folder().resolve("addresses"), config.self(), config.advertised());
        this.cluster = new ClusterName(config.folder().resolve("cluster"), config.clusterId(), config.initialMembers());
        this.network = new PeerNetwork(config.self(), config.bind(), config.security(), timers, addresses, cluster);
        this.server = new PeerServer(network);
        this.name = ownName();
        this.node = new NodeImpl(PeerRpcFactory.GROUP, name);
        this.acquaintance = new Acquaintance(
                node,
                PeerName.member(name, false),
                addresses,
                memberships,
                this::appliedIndex,
                () -> leader,
                network.workers(),
                timers,
                this::removed);
        this.barriers = new ReadBarriers(node, () -> applier.applied().index(), isRemoved::get, this::noQuorum);
        this.commits =
                new CommitTeller(node, name, files, () -> leadership, this::newestMembers, network.workers(), timers);
    }

    static RunningMember start(JRaftLogConfig config, StateMachine machine, UnaryOperator<Bytes> answering) {
        if (Files.exists(config.folder().resolve(REMOVED))) {
            throw new MemberRemoved(config.self());
        }
        try {
            var member = new RunningMember(config, machine, answering);
            member.run();
            return member;
        } catch (IOException e) {
            throw new LogUnusable("could not open the log in %s: %s".formatted(config.folder(), e.getMessage()), e);
        }
    }

    /**
     * The name the log's members know this one by. It holds an address; a lone member whose address changed must still
     * find itself among the members.
     */
    private PeerId ownName() throws IOException {
        var options = new com.alipay.sofa.jraft.option.RaftOptions();
        SnapshotFolder.newest(config.folder().resolve("snapshot"), options).ifPresent(this::noteMembers);
        PeerId advertised = PeerName.of(config.self(), config.advertised());
        for (Member member : memberships.latest().orElse(List.of())) {
            PeerId known = PeerName.of(member);
            if (member.id().equals(config.self()) && !known.equals(advertised)) {
                LOG.atInfo()
                        .addKeyValue("member", config.self())
                        .addKeyValue("known-as", known.getEndpoint())
                        .addKeyValue("advertised", config.advertised())
                        .log("this member's address changed; it tells the others");
                return known;
            }
        }
        return advertised;
    }

    private void noteMembers(SnapshotMeta meta) {
        lastSnapshot = meta.getLastIncludedIndex();
        boolean isNewest = memberships.at(meta.getLastIncludedIndex()).isEmpty();
        if (isNewest && meta.getOldPeersCount() == 0) {
            memberships.note(
                    meta.getLastIncludedIndex(),
                    new Configuration(
                            meta.getPeersList().stream().map(EntryCodec::parsed).toList(),
                            meta.getLearnersList().stream()
                                    .map(EntryCodec::parsed)
                                    .toList()));
        }
    }

    private void run() {
        var options = new MemberOptions(config, network);
        options.setFsm(applier);
        options.setServiceFactory(new MemberServices(files, this, room));
        options.setInitialConf(initialConfiguration());
        RaftRpcServerFactory.addRaftRequestProcessors(server, network.workers(), network.workers());
        server.registerProcessor(new PeerQuestions<>(
                ForwardRequest.class,
                network.workers(),
                (request, reply) -> proposals().takeForwarded(request, reply::accept)));
        server.registerProcessor(
                new PeerQuestions<>(ProgressRequest.class, network.workers(), (_, reply) -> reply.accept(progress())));
        server.registerProcessor(new PeerQuestions<>(
                MembersRequest.class,
                network.workers(),
                (request, reply) -> changes().takeHandedOn(request, reply)));
        server.registerProcessor(new PeerQuestions<>(
                MachineRequest.class, network.workers(), (request, reply) -> questions.answer(request, reply)));
        server.registerProcessor(new PeerQuestions<>(
                Greeting.class, network.workers(), (greeting, reply) -> reply.accept(acquaintance.answer(greeting))));
        server.whenAsked(commits::asked);
        NodeManager.getInstance().addAddress(name.getEndpoint());
        // Beside each other, since both mostly load classes; until the node runs, peers are answered that it does not.
        var listening = new FutureTask<Void>(this::listen, null);
        Thread.ofPlatform().daemon().name("peer-listen").start(listening);
        try {
            if (!node.init(options)) {
                throw new LogUnusable("could not start the log in %s: %s".formatted(config.folder(), whyNot()));
            }
            PeerClient started = clientOf(node);
            client = started;
            proposals = new Proposals(
                    config.limits(), node, name.toString(), started, () -> leader, network.workers(), timers, room);
            commits.startWith(started);
            acquaintance.startWith(started);
            var made = new Membership(node, started, name.toString(), this::newestMembers);
            membership = made;
            changes = new MemberChanges(node, name.toString(), made, started, () -> leader, acquaintance::greet);
            await(listening);
        } catch (RuntimeException e) {
            stopNode();
            throw e;
        }
        showMembers();
    }

    private static void await(FutureTask<Void> listening) {
        try {
            listening.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LogUnusable("interrupted while the log started", e);
        }
    }

    private void listen() {
        try {
            server.init(null);
        } catch (UncheckedIOException e) {
            throw new LogUnusable(
                    "could not listen for other members on %s: %s"
                            .formatted(
                                    config.bind(),
                                    e.getCause() == null ? e : e.getCause().getMessage()),
                    e);
        }
    }

    private static PeerClient clientOf(Node node) {
        return (PeerClient) ((AbstractClientService) ((NodeImpl) node).getRpcService()).getRpcClient();
    }

    private String whyNot() {
        RuntimeException cause = whatFailed.get();
        if (cause != null) {
            return String.valueOf(cause.getMessage());
        }
        String known = broken;
        return known != null ? known : "its last lines in the program's log say why";
    }

    private Configuration initialConfiguration() {
        var configuration = new Configuration();
        for (Member member : config.initialMembers()) {
            if (member.isLearner()) {
                configuration.addLearner(PeerName.of(member));
            } else {
                configuration.addPeer(PeerName.of(member));
            }
        }
        return configuration;
    }

    private ProgressResponse progress() {
        return ProgressResponse.newBuilder()
                .setTerm(leadership.term())
                .setLastIndex(lastIndex())
                .setAppliedIndex(applier.applied().index())
                .build();
    }

    Proposals proposals() {
        Proposals made = proposals;
        if (made == null) {
            throw new LogUnavailable("this member's log is starting");
        }
        return made;
    }

    Membership membership() {
        Membership made = membership;
        if (made == null) {
            throw new LogUnavailable("this member's log is starting");
        }
        return made;
    }

    MemberChanges changes() {
        MemberChanges made = changes;
        if (made == null) {
            throw new LogUnavailable("this member's log is starting");
        }
        return made;
    }

    /** What the machine was told, unless the lead is lost and it will hear so in its turn. */
    Leadership leadership() {
        Leadership told = leadership;
        return told.isSelf() && !node.isLeader(false) ? new Leadership(told.term(), null, false) : told;
    }

    void requireLead() {
        Leadership now = leadership;
        if (!now.isSelf()) {
            throw new LogUnavailable(
                    now.leader() == null
                            ? "no member leads now, so the members cannot change: is a majority of them running?"
                            : "member %s leads, not this one".formatted(now.leader()));
        }
    }

    // Members

    List<Member> members() {
        return memberships.at(appliedIndex()).orElseGet(config::initialMembers).stream()
                .map(this::whereItIs)
                .toList();
    }

    /** The library does not say it any more once it stopped or failed. */
    private long appliedIndex() {
        try {
            return node.getLastAppliedLogIndex();
        } catch (IllegalStateException _) {
            return applier.applied().index();
        }
    }

    private long lastIndex() {
        try {
            return node.getLastLogIndex();
        } catch (IllegalStateException e) {
            throw new LogUnavailable("this member's log has stopped: " + e.getMessage(), e);
        }
    }

    private Member whereItIs(Member member) {
        return new Member(member.id(), addresses.current(member.id(), member.peerAddress()), member.isLearner());
    }

    void learnAddress(MemberId member, InetSocketAddress address) {
        acquaintance.learn(member, address);
    }

    long clusterId() {
        return cluster.id();
    }

    Durations syncs() {
        return files.syncs();
    }

    Map<MemberId, Durations> roundTrips() {
        PeerClient via = client;
        return via == null ? Map.of() : via.roundTrips();
    }

    Optional<String> trouble() {
        return room.trouble();
    }

    /** Others said so, or the log's own entries did: from now on this member only says why it does not serve. */
    private void removed() {
        if (closing || !isRemoved.compareAndSet(false, true)) {
            return;
        }
        var reason = new MemberRemoved(config.self());
        try {
            Files.writeString(config.folder().resolve(REMOVED), "this member was removed from its cluster\n");
        } catch (IOException e) {
            LOG.atWarn().setCause(e).log("could not write down that this member was removed");
        }
        acquaintance.stop();
        proposals().stop(String.valueOf(reason.getMessage()));
        applier.fail("it is no member any more", reason);
        Thread.ofVirtual().name("removed-member").start(() -> node.shutdown());
    }

    private List<Member> newestMembers() {
        return memberships.latest().orElseGet(config::initialMembers);
    }

    /** A change is committed before it is applied here. */
    void awaitMembers(Deadline deadline, Predicate<List<Member>> changed) {
        while (!changed.test(members())) {
            deadline.pause("see the change of the members applied");
        }
        showMembers();
    }

    /** Shows the machine who the members are; looks again soon while an entry that changes them is not applied yet. */
    void showMembers() {
        if (closing) {
            return;
        }
        List<Member> shown = applier.showMembers(appliedIndex());
        acquaintance.checkStanding();
        if (!shown.equals(newestMembers())) {
            timers.schedule(this::showMembers, 50, TimeUnit.MILLISECONDS);
        }
    }

    // Reads

    long readBarrier(Deadline deadline) {
        return barriers.await(deadline);
    }

    private LogUnavailable noQuorum(String detail) {
        String known = broken;
        return new LogUnavailable(
                known != null
                        ? "this member's log is broken: " + known
                        : "no leader with a majority of the members answered (%s); leader known here: %s"
                                .formatted(detail, leadership.leader() == null ? "none" : leadership.leader()));
    }

    // Disaster recovery and snapshots

    Bytes ask(MemberId member, Bytes question, Deadline deadline) {
        PeerClient via = client;
        PeerId peer = membership().nameOf(member).orElseThrow(() -> new LogUnavailable("there is no member " + member));
        if (via == null) {
            throw new LogUnavailable("this member's log is starting");
        }
        return MachineQuestions.ask(via, name.toString(), peer, question, deadline);
    }

    /** The name comes first: nobody of the old cluster may speak with what this member becomes. */
    void resetToSelf(long newClusterId, Deadline deadline) {
        cluster.replace(newClusterId);
        server.dropAll("this member became a cluster of its own");
        PeerClient via = client;
        if (via != null) {
            via.dropAll("this member became a cluster of its own");
        }
        resetToSelf(deadline);
    }

    void resetToSelf(Deadline deadline) {
        if (applier.applied().index() > lastIndex()) {
            throw new LogUnavailable(
                    "this member's state is ahead of its log, which it was still receiving; reset another member instead");
        }
        membership().resetToSelf(name, deadline);
        while (!leadership.isSelf() || members().size() != 1) {
            deadline.pause("lead as the only member");
        }
        showMembers();
    }

    /** A member that cannot write leads nobody, if there is somebody else. */
    private void noRoom() {
        if (node.isLeader(false) && handingOn.compareAndSet(false, true)) {
            network.workers().execute(() -> {
                var _ = node.transferLeadershipTo(PeerId.ANY_PEER);
                timers.schedule(() -> handingOn.set(false), 5, TimeUnit.SECONDS);
            });
        }
    }

    void requestSnapshot() {
        if (!room.isRoomForSnapshot()) {
            return; // the library takes a failed snapshot for the end
        }
        if (!takingSnapshot.compareAndSet(false, true)) {
            return;
        }
        long upTo = applier.applied().index();
        // Not on this thread: the library's queue for it may be full, and its reader may be who asks.
        network.workers()
                .execute(() -> node.snapshot(status -> {
                    if (status.isOk()) {
                        lastSnapshot = Math.max(lastSnapshot, upTo);
                    }
                    takingSnapshot.set(false);
                }));
    }

    @Override
    public boolean isLeading() {
        return node.isLeader(false);
    }

    @Override
    public LogPosition saveSnapshot(Path folder) {
        return applier.copyTo(folder);
    }

    @Override
    public void failed(RuntimeException cause) {
        whatFailed.compareAndSet(null, cause);
        LOG.atError().setCause(cause).log("the log's storage failed");
    }

    // What the applier tells

    @Override
    public void leadershipChanged(Leadership now) {
        leadership = now;
        membersSeen();
    }

    @Override
    public void membersSeen() {
        timers.execute(this::showMembers);
    }

    @Override
    public void leaderIs(@Nullable PeerId now) {
        leader = now;
        PeerClient via = client;
        if (now != null && via != null) {
            via.checkConnection(now.getEndpoint(), true); // entries handed in here will go there
        }
    }

    @Override
    public void appliedUpTo(long index) {
        commits.tell();
        if (index - lastSnapshot >= config.snapshotEntries() && !closing) {
            requestSnapshot();
        }
    }

    @Override
    public void broken(String reason) {
        RuntimeException cause = whatFailed.get();
        broken = cause == null ? reason : String.valueOf(cause.getMessage());
    }

    // The end

    void close() {
        closing = true;
        room.close();
        acquaintance.stop();
        proposals().stop("this member is stopping");
        handOver();
        stopNode();
        proposals().abandon();
    }

    /** Spares the others an election. */
    private void handOver() {
        boolean isAlone =
                newestMembers().stream().filter(member -> !member.isLearner()).count() < 2;
        if (isAlone || !node.isLeader(false)) {
            return;
        }
        Status status = node.transferLeadershipTo(PeerId.ANY_PEER);
        var deadline = Deadline.in(HAND_OVER_DEADLINE);
        while (status.isOk() && leadership.leader() == null && !deadline.isOver()) {
            deadline.pause("hand the lead over");
        }
    }

    private void stopNode() {
        server.shutdown();
        node.shutdown();
        Thread joining = Thread.ofVirtual().start(() -> {
            try {
                node.join();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        });
        try {
            if (!joining.join(STOP_DEADLINE)) {
                LOG.atWarn().addKeyValue("deadline", STOP_DEADLINE).log("the log did not stop in time");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        NodeManager.getInstance().removeAddress(name.getEndpoint());
        files.shutdown();
        network.close();
    }
}
