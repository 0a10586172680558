package io.kvorum.etcdserver;

import io.etcd.jetcd.api.AlarmMember;
import io.etcd.jetcd.api.AlarmRequest;
import io.etcd.jetcd.api.AlarmResponse;
import io.etcd.jetcd.api.AlarmType;
import io.etcd.jetcd.api.DefragmentRequest;
import io.etcd.jetcd.api.DefragmentResponse;
import io.etcd.jetcd.api.DowngradeRequest;
import io.etcd.jetcd.api.DowngradeResponse;
import io.etcd.jetcd.api.HashKVRequest;
import io.etcd.jetcd.api.HashKVResponse;
import io.etcd.jetcd.api.HashRequest;
import io.etcd.jetcd.api.HashResponse;
import io.etcd.jetcd.api.MaintenanceGrpc;
import io.etcd.jetcd.api.MoveLeaderRequest;
import io.etcd.jetcd.api.MoveLeaderResponse;
import io.etcd.jetcd.api.SnapshotRequest;
import io.etcd.jetcd.api.SnapshotResponse;
import io.etcd.jetcd.api.StatusRequest;
import io.etcd.jetcd.api.StatusResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.kvorum.engine.EmbeddedStore;
import io.kvorum.engine.StoreStatus;
import io.kvorum.engine.Upkeep;
import io.kvorum.model.Revision;
import io.kvorum.mvcc.Alarm;
import io.kvorum.raft.MemberId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** etcd's Maintenance service: what an operator does to one member. Any thread; calls block. */
final class MaintenanceService extends MaintenanceGrpc.MaintenanceImplBase {
    private final EmbeddedStore store;
    private final Headers headers;
    private final Gate gate;
    private final String version;
    private final SnapshotStream snapshots;

    MaintenanceService(EmbeddedStore store, Headers headers, Gate gate, String version) {
        this.store = store;
        this.headers = headers;
        this.gate = gate;
        this.version = version;
        this.snapshots = new SnapshotStream(store, version);
    }

    @Override
    public void alarm(AlarmRequest request, StreamObserver<AlarmResponse> caller) {
        Unary.answer(caller, () -> {
            List<Alarm> concerned = switch (request.getAction()) {
                case GET, UNRECOGNIZED -> matching(0, request.getAlarm());
                case ACTIVATE -> activate(request);
                case DEACTIVATE -> deactivate(request);
            };
            AlarmResponse.Builder built = AlarmResponse.newBuilder().setHeader(headers.now());
            concerned.forEach(alarm -> built.addAlarms(
                    AlarmMember.newBuilder().setMemberID(alarm.member()).setAlarm(type(alarm.kind()))));
            return built.build();
        });
    }

    private List<Alarm> activate(AlarmRequest request) {
        Alarm alarm = new Alarm(request.getMemberID(), kind(request.getAlarm()));
        if (alarm.kind() == Alarm.Kind.NONE) {
            return List.of();
        }
        store.upkeep().raise(alarm);
        return List.of(alarm);
    }

    /** etcd's client names no member and no kind for "all there are". */
    private List<Alarm> deactivate(AlarmRequest request) {
        List<Alarm> ended = matching(request.getMemberID(), request.getAlarm());
        ended.forEach(store.upkeep()::end);
        return ended;
    }

    private List<Alarm> matching(long member, AlarmType type) {
        return store.upkeep().alarms().stream()
                .filter(alarm -> member == 0 || alarm.member() == member)
                .filter(alarm -> type == AlarmType.NONE || alarm.kind() == kind(type))
                .toList();
    }

    private static Alarm.Kind kind(AlarmType type) {
        return switch (type) {
            case NONE, UNRECOGNIZED -> Alarm.Kind.NONE;
            case NOSPACE -> Alarm.Kind.NO_SPACE;
            case CORRUPT -> Alarm.Kind.CORRUPT;
        };
    }

    private static AlarmType type(Alarm.Kind kind) {
        return switch (kind) {
            case NONE -> AlarmType.NONE;
            case NO_SPACE -> AlarmType.NOSPACE;
            case CORRUPT -> AlarmType.CORRUPT;
        };
    }

    @Override
    public void status(StatusRequest request, StreamObserver<StatusResponse> caller) {
        Unary.answer(caller, () -> {
            StoreStatus status = store.status();
            MemberId leader = status.leadership().leader();
            MemberId self = store.upkeep().self();
            return StatusResponse.newBuilder()
                    .setHeader(headers.at(status.revision()))
                    .setVersion(version)
                    .setDbSize(status.sizeBytes())
                    .setDbSizeInUse(status.sizeInUseBytes())
                    .setDbSizeQuota(store.upkeep().quotaBytes())
                    .setLeader(leader == null ? 0 : leader.value())
                    .setRaftTerm(status.leadership().term())
                    .setRaftIndex(status.appliedIndex())
                    .setRaftAppliedIndex(status.appliedIndex())
                    .setIsLearner(store.members().all().stream()
                            .anyMatch(member -> member.id().equals(self) && member.isLearner()))
                    .addAllErrors(errors(leader))
                    .build();
        });
    }

    private List<String> errors(@Nullable MemberId leader) {
        List<String> errors = new ArrayList<>();
        if (leader == null) {
            errors.add(Problem.NO_LEADER.text());
        }
        for (Alarm alarm : store.upkeep().alarms()) {
            errors.add("memberID:%s alarm:%s ".formatted(Long.toUnsignedString(alarm.member()), type(alarm.kind())));
        }
        return errors;
    }

    @Override
    public void defragment(DefragmentRequest request, StreamObserver<DefragmentResponse> caller) {
        Unary.answer(caller, () -> {
            gate.pass().isRoot();
            store.upkeep().defragment();
            return DefragmentResponse.getDefaultInstance();
        });
    }

    @Override
    public void hash(HashRequest request, StreamObserver<HashResponse> caller) {
        Unary.answer(caller, () -> {
            gate.pass().isRoot();
            return HashResponse.newBuilder()
                    .setHeader(headers.now())
                    .setHash(store.upkeep().hashEverything())
                    .build();
        });
    }

    @Override
    public void hashKV(HashKVRequest request, StreamObserver<HashKVResponse> caller) {
        Unary.answer(caller, () -> {
            gate.pass().isRoot();
            Upkeep.HistoryHash hash = store.upkeep().hashHistory(new Revision(Math.max(0, request.getRevision())));
            return HashKVResponse.newBuilder()
                    .setHeader(headers.at(hash.newest()))
                    .setHash(hash.hash())
                    .setCompactRevision(
                            hash.compacted().equals(Revision.ZERO)
                                    ? -1
                                    : hash.compacted().value())
                    .setHashRevision(hash.upTo().value())
                    .build();
        });
    }

    @Override
    public void snapshot(SnapshotRequest request, StreamObserver<SnapshotResponse> caller) {
        try {
            gate.pass().isRoot();
            snapshots.serve((ServerCallStreamObserver<SnapshotResponse>) caller, headers::now);
        } catch (RuntimeException e) {
            caller.onError(Failures.answer(e));
        }
    }

    @Override
    public void moveLeader(MoveLeaderRequest request, StreamObserver<MoveLeaderResponse> caller) {
        Unary.answer(caller, () -> {
            gate.pass().isRoot();
            store.upkeep().moveLeader(new MemberId(request.getTargetID()));
            return MoveLeaderResponse.newBuilder().setHeader(headers.now()).build();
        });
    }

    /** There is no older version to go to. */
    @Override
    public void downgrade(DowngradeRequest request, StreamObserver<DowngradeResponse> caller) {
        Unary.answer(caller, () -> {
            gate.pass().isRoot();
            if (request.getAction() == DowngradeRequest.DowngradeAction.CANCEL) {
                throw Problem.NO_DOWNGRADE.exception();
            }
            boolean isVersion = request.getVersion().matches("[0-9]+\\.[0-9]+(\\.[0-9]+)?");
            throw (isVersion ? Problem.BAD_DOWNGRADE_TARGET : Problem.BAD_DOWNGRADE_VERSION).exception();
        });
    }
}
