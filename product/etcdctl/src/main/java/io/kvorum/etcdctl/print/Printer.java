package io.kvorum.etcdctl.print;

import com.google.protobuf.Message;
import io.etcd.jetcd.api.AlarmResponse;
import io.etcd.jetcd.api.AuthRoleGetResponse;
import io.etcd.jetcd.api.AuthRoleListResponse;
import io.etcd.jetcd.api.AuthUserGetResponse;
import io.etcd.jetcd.api.AuthUserListResponse;
import io.etcd.jetcd.api.DeleteRangeResponse;
import io.etcd.jetcd.api.LeaseGrantResponse;
import io.etcd.jetcd.api.LeaseKeepAliveResponse;
import io.etcd.jetcd.api.LeaseLeasesResponse;
import io.etcd.jetcd.api.LeaseRevokeResponse;
import io.etcd.jetcd.api.LeaseTimeToLiveResponse;
import io.etcd.jetcd.api.MemberListResponse;
import io.etcd.jetcd.api.PutResponse;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.TxnResponse;
import io.etcd.jetcd.api.WatchResponse;
import io.kvorum.snapshot.SnapshotStatus;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;

/** One output format: how each kind of answer is shown. One thread. */
public interface Printer {
    static Optional<Printer> of(String format, boolean hex, PrintStream out) {
        return switch (format) {
            case "simple" -> Optional.of(new SimplePrinter(out, hex));
            case "table" -> Optional.of(new TablePrinter(out));
            case "json" -> Optional.of(new JsonPrinter(out));
            case "fields" -> Optional.of(new FieldsPrinter(out));
            case "protobuf" -> Optional.of(new ProtobufPrinter(out));
            default -> Optional.empty();
        };
    }

    /** Whether sentences for people may be added. */
    default boolean simple() {
        return false;
    }

    /** Any answer without a way of its own. */
    void message(Message answer);

    /** A change: the simple format says it with this sentence. */
    default void done(Message answer, String sentence) {
        message(answer);
    }

    default void range(RangeResponse answer, boolean valuesOnly) {
        message(answer);
    }

    default void put(PutResponse answer) {
        message(answer);
    }

    default void delete(DeleteRangeResponse answer) {
        message(answer);
    }

    default void txn(TxnResponse answer) {
        message(answer);
    }

    default void watch(WatchResponse answer) {
        message(answer);
    }

    default void grant(LeaseGrantResponse answer) {
        message(answer);
    }

    default void revoke(LeaseRevokeResponse answer, long id) {
        message(answer);
    }

    default void keepAlive(LeaseKeepAliveResponse answer) {
        message(answer);
    }

    default void timeToLive(LeaseTimeToLiveResponse answer, boolean keys) {
        message(answer);
    }

    default void leases(LeaseLeasesResponse answer) {
        message(answer);
    }

    default void alarms(AlarmResponse answer) {
        message(answer);
    }

    default void members(MemberListResponse answer) {
        message(answer);
    }

    default void users(AuthUserListResponse answer) {
        message(answer);
    }

    default void user(String name, AuthUserGetResponse answer) {
        message(answer);
    }

    default void roles(AuthRoleListResponse answer) {
        message(answer);
    }

    default void role(String name, AuthRoleGetResponse answer) {
        message(answer);
    }

    void health(List<EndpointHealth> endpoints);

    void status(List<EndpointStatus> endpoints);

    void hashes(List<EndpointHash> endpoints);

    void snapshot(SnapshotStatus snapshot);
}
