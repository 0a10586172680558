package io.kvorum.etcdserver;

import io.etcd.jetcd.api.ClusterGrpc;
import io.etcd.jetcd.api.Member;
import io.etcd.jetcd.api.MemberAddRequest;
import io.etcd.jetcd.api.MemberAddResponse;
import io.etcd.jetcd.api.MemberListRequest;
import io.etcd.jetcd.api.MemberListResponse;
import io.etcd.jetcd.api.MemberPromoteRequest;
import io.etcd.jetcd.api.MemberPromoteResponse;
import io.etcd.jetcd.api.MemberRemoveRequest;
import io.etcd.jetcd.api.MemberRemoveResponse;
import io.etcd.jetcd.api.MemberUpdateRequest;
import io.etcd.jetcd.api.MemberUpdateResponse;
import io.grpc.stub.StreamObserver;
import io.kvorum.engine.ClusterMember;
import io.kvorum.engine.EmbeddedStore;
import io.kvorum.raft.MemberId;
import java.util.List;
import java.util.random.RandomGenerator;

/** etcd's Cluster service: who belongs to the cluster. Any thread; calls block. */
final class ClusterService extends ClusterGrpc.ClusterImplBase {
    private final EmbeddedStore store;
    private final Headers headers;
    private final Gate gate;
    private final RandomGenerator random;

    ClusterService(EmbeddedStore store, Headers headers, Gate gate, RandomGenerator random) {
        this.store = store;
        this.headers = headers;
        this.gate = gate;
        this.random = random;
    }

    @Override
    public void memberAdd(MemberAddRequest request, StreamObserver<MemberAddResponse> caller) {
        Unary.answer(caller, () -> {
            gate.pass().isRoot();
            // What another member has changed already must be known here before it is judged whether this can be done.
            store.readBarrier();
            if (request.getPeerURLsCount() == 0) {
                throw Problem.BAD_MEMBER_URLS.exception();
            }
            MemberId id = new MemberId(random.nextLong(1, Long.MAX_VALUE));
            ClusterMember added = store.members().add(id, request.getPeerURLsList(), request.getIsLearner());
            return MemberAddResponse.newBuilder()
                    .setHeader(headers.bare())
                    .setMember(member(added))
                    .addAllMembers(members())
                    .build();
        });
    }

    @Override
    public void memberRemove(MemberRemoveRequest request, StreamObserver<MemberRemoveResponse> caller) {
        Unary.answer(caller, () -> {
            gate.pass().isRoot();
            // What another member has changed already must be known here before it is judged whether this can be done.
            store.readBarrier();
            store.members().remove(new MemberId(request.getID()));
            return MemberRemoveResponse.newBuilder()
                    .setHeader(headers.bare())
                    .addAllMembers(members())
                    .build();
        });
    }

    @Override
    public void memberUpdate(MemberUpdateRequest request, StreamObserver<MemberUpdateResponse> caller) {
        Unary.answer(caller, () -> {
            gate.pass().isRoot();
            // What another member has changed already must be known here before it is judged whether this can be done.
            store.readBarrier();
            if (request.getPeerURLsCount() == 0) {
                throw Problem.BAD_MEMBER_URLS.exception();
            }
            store.members().update(new MemberId(request.getID()), request.getPeerURLsList());
            return MemberUpdateResponse.newBuilder()
                    .setHeader(headers.bare())
                    .addAllMembers(members())
                    .build();
        });
    }

    @Override
    public void memberList(MemberListRequest request, StreamObserver<MemberListResponse> caller) {
        Unary.answer(caller, () -> {
            if (request.getLinearizable()) {
                store.readBarrier();
            }
            return MemberListResponse.newBuilder()
                    .setHeader(headers.bare())
                    .addAllMembers(members())
                    .build();
        });
    }

    @Override
    public void memberPromote(MemberPromoteRequest request, StreamObserver<MemberPromoteResponse> caller) {
        Unary.answer(caller, () -> {
            gate.pass().isRoot();
            // What another member has changed already must be known here before it is judged whether this can be done.
            store.readBarrier();
            store.members().promote(new MemberId(request.getID()));
            return MemberPromoteResponse.newBuilder()
                    .setHeader(headers.bare())
                    .addAllMembers(members())
                    .build();
        });
    }

    private List<Member> members() {
        return store.members().all().stream().map(ClusterService::member).toList();
    }

    private static Member member(ClusterMember member) {
        return Member.newBuilder()
                .setID(member.id().value())
                .setName(member.name())
                .addAllPeerURLs(member.peerUrls())
                .addAllClientURLs(member.clientUrls())
                .setIsLearner(member.isLearner())
                .build();
    }
}
