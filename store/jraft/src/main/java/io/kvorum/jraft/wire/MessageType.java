package io.kvorum.jraft.wire;

import com.alipay.sofa.jraft.rpc.RpcRequests;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import io.kvorum.jraft.wire.proto.ForwardRequest;
import io.kvorum.jraft.wire.proto.ForwardResponse;
import io.kvorum.jraft.wire.proto.Greeting;
import io.kvorum.jraft.wire.proto.MachineRequest;
import io.kvorum.jraft.wire.proto.MachineResponse;
import io.kvorum.jraft.wire.proto.MembersRequest;
import io.kvorum.jraft.wire.proto.MembersResponse;
import io.kvorum.jraft.wire.proto.ProgressRequest;
import io.kvorum.jraft.wire.proto.ProgressResponse;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The messages that may travel between members; the code is part of the protocol, so never reuse one. */
enum MessageType {
    PING(1, RpcRequests.PingRequest.getDefaultInstance()),
    ERROR(2, RpcRequests.ErrorResponse.getDefaultInstance()),
    INSTALL_SNAPSHOT(3, RpcRequests.InstallSnapshotRequest.getDefaultInstance()),
    INSTALL_SNAPSHOT_ANSWER(4, RpcRequests.InstallSnapshotResponse.getDefaultInstance()),
    TIMEOUT_NOW(5, RpcRequests.TimeoutNowRequest.getDefaultInstance()),
    TIMEOUT_NOW_ANSWER(6, RpcRequests.TimeoutNowResponse.getDefaultInstance()),
    VOTE(7, RpcRequests.RequestVoteRequest.getDefaultInstance()),
    VOTE_ANSWER(8, RpcRequests.RequestVoteResponse.getDefaultInstance()),
    APPEND(9, RpcRequests.AppendEntriesRequest.getDefaultInstance()),
    APPEND_ANSWER(10, RpcRequests.AppendEntriesResponse.getDefaultInstance()),
    GET_FILE(11, RpcRequests.GetFileRequest.getDefaultInstance()),
    GET_FILE_ANSWER(12, RpcRequests.GetFileResponse.getDefaultInstance()),
    READ_INDEX(13, RpcRequests.ReadIndexRequest.getDefaultInstance()),
    READ_INDEX_ANSWER(14, RpcRequests.ReadIndexResponse.getDefaultInstance()),
    FORWARD(32, ForwardRequest.getDefaultInstance()),
    FORWARD_ANSWER(33, ForwardResponse.getDefaultInstance()),
    PROGRESS(34, ProgressRequest.getDefaultInstance()),
    PROGRESS_ANSWER(35, ProgressResponse.getDefaultInstance()),
    MEMBERS(36, MembersRequest.getDefaultInstance()),
    MEMBERS_ANSWER(37, MembersResponse.getDefaultInstance()),
    GREETING(38, Greeting.getDefaultInstance()),
    MACHINE(39, MachineRequest.getDefaultInstance()),
    MACHINE_ANSWER(40, MachineResponse.getDefaultInstance());

    private static final Map<Class<?>, MessageType> BY_CLASS = byClass();

    final byte code;
    private final Class<? extends Message> type;
    private final Parser<? extends Message> parser;

    MessageType(int code, Message prototype) {
        this.code = (byte) code;
        this.type = prototype.getClass();
        this.parser = prototype.getParserForType();
    }

    private static Map<Class<?>, MessageType> byClass() {
        Map<Class<?>, MessageType> types = new HashMap<>();
        for (MessageType type : values()) {
            types.put(type.type, type);
        }
        return Map.copyOf(types);
    }

    static MessageType of(Message message) {
        MessageType type = BY_CLASS.get(message.getClass());
        if (type == null) {
            throw new IllegalArgumentException("members do not exchange " + message.getClass());
        }
        return type;
    }

    static MessageType ofCode(byte code) throws IOException {
        for (MessageType type : values()) {
            if (type.code == code) {
                return type;
            }
        }
        throw new InvalidProtocolBufferException("a peer sent a message of the unknown type " + code);
    }

    /** The message shares the bytes. */
    Message parse(ByteString bytes) throws IOException {
        CodedInputStream in = bytes.newCodedInput();
        in.enableAliasing(true);
        Message message = parser.parseFrom(in);
        in.checkLastTagWas(0);
        return message;
    }

    /** Where a request of this kind travels; an answer takes the stream its request came by. */
    static Lane laneOf(Message request) {
        return switch (request) {
            case RpcRequests.AppendEntriesRequest append when isHeartbeat(append) -> Lane.CONTROL;
            case RpcRequests.AppendEntriesRequest _,
                    RpcRequests.GetFileRequest _,
                    RpcRequests.InstallSnapshotRequest _,
                    ForwardRequest _ -> Lane.BULK;
            default -> Lane.CONTROL;
        };
    }

    /** The library tells a heartbeat from a probe the same way: a probe has data, though empty. */
    private static boolean isHeartbeat(RpcRequests.AppendEntriesRequest append) {
        return append.getEntriesCount() == 0 && !append.hasData();
    }

    /** The member a request says it comes from; null for requests that do not say. */
    static @Nullable String claimedSender(Message request) {
        return switch (request) {
            case RpcRequests.AppendEntriesRequest append -> append.getServerId();
            case RpcRequests.RequestVoteRequest vote -> vote.getServerId();
            case RpcRequests.InstallSnapshotRequest install -> install.getServerId();
            case RpcRequests.TimeoutNowRequest timeout -> timeout.getServerId();
            case RpcRequests.ReadIndexRequest read -> read.getServerId();
            case ForwardRequest forward -> forward.getServerId();
            case ProgressRequest progress -> progress.getServerId();
            case MembersRequest members -> members.getServerId();
            case Greeting greeting -> greeting.getServerId();
            case MachineRequest machine -> machine.getServerId();
            default -> null;
        };
    }
}
