package io.kvorum.etcdctl.print;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.etcd.jetcd.api.AlarmMember;
import io.etcd.jetcd.api.AlarmResponse;
import io.etcd.jetcd.api.AuthRoleGetResponse;
import io.etcd.jetcd.api.AuthRoleListResponse;
import io.etcd.jetcd.api.AuthUserGetResponse;
import io.etcd.jetcd.api.AuthUserListResponse;
import io.etcd.jetcd.api.DeleteRangeResponse;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.LeaseGrantResponse;
import io.etcd.jetcd.api.LeaseKeepAliveResponse;
import io.etcd.jetcd.api.LeaseLeasesResponse;
import io.etcd.jetcd.api.LeaseRevokeResponse;
import io.etcd.jetcd.api.LeaseTimeToLiveResponse;
import io.etcd.jetcd.api.MemberListResponse;
import io.etcd.jetcd.api.Permission;
import io.etcd.jetcd.api.PutResponse;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.ResponseOp;
import io.etcd.jetcd.api.TxnResponse;
import io.etcd.jetcd.api.WatchResponse;
import io.kvorum.snapshot.SnapshotStatus;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.List;

/** The default: keys and values on lines of their own, sentences for the rest. */
final class SimplePrinter implements Printer {
    private final PrintStream out;
    private final boolean hex;

    SimplePrinter(PrintStream out, boolean hex) {
        this.out = out;
        this.hex = hex;
    }

    @Override
    public boolean simple() {
        return true;
    }

    @Override
    public void message(Message answer) {
        throw new Unsupported("simple");
    }

    @Override
    public void done(Message answer, String sentence) {
        out.println(sentence);
    }

    @Override
    public void range(RangeResponse answer, boolean valuesOnly) {
        for (KeyValue each : answer.getKvsList()) {
            if (!valuesOnly) {
                line(each.getKey());
            }
            line(each.getValue());
        }
    }

    @Override
    public void put(PutResponse answer) {
        out.println("OK");
        if (answer.hasPrevKv()) {
            pair(answer.getPrevKv());
        }
    }

    @Override
    public void delete(DeleteRangeResponse answer) {
        out.println(answer.getDeleted());
        answer.getPrevKvsList().forEach(this::pair);
    }

    @Override
    public void txn(TxnResponse answer) {
        out.println(answer.getSucceeded() ? "SUCCESS" : "FAILURE");
        for (ResponseOp each : answer.getResponsesList()) {
            out.println();
            switch (each.getResponseCase()) {
                case RESPONSE_RANGE -> range(each.getResponseRange(), false);
                case RESPONSE_PUT -> put(each.getResponsePut());
                case RESPONSE_DELETE_RANGE -> delete(each.getResponseDeleteRange());
                case RESPONSE_TXN -> txn(each.getResponseTxn());
                case RESPONSE_NOT_SET -> out.println("unexpected response");
            }
        }
    }

    @Override
    public void watch(WatchResponse answer) {
        for (Event each : answer.getEventsList()) {
            out.println(each.getType());
            if (each.hasPrevKv()) {
                pair(each.getPrevKv());
            }
            pair(each.getKv());
        }
    }

    @Override
    public void grant(LeaseGrantResponse answer) {
        out.println("lease %016x granted with TTL(%ds)".formatted(answer.getID(), answer.getTTL()));
    }

    @Override
    public void revoke(LeaseRevokeResponse answer, long id) {
        out.println("lease %016x revoked".formatted(id));
    }

    @Override
    public void keepAlive(LeaseKeepAliveResponse answer) {
        out.println("lease %016x keepalived with TTL(%d)".formatted(answer.getID(), answer.getTTL()));
    }

    @Override
    public void timeToLive(LeaseTimeToLiveResponse answer, boolean keys) {
        if (answer.getTTL() == -1 && answer.getGrantedTTL() == 0) {
            out.println("lease %016x already expired".formatted(answer.getID()));
            return;
        }
        out.print("lease %016x granted with TTL(%ds), remaining(%ds)"
                .formatted(answer.getID(), answer.getGrantedTTL(), answer.getTTL()));
        if (keys) {
            List<String> attached =
                    answer.getKeysList().stream().map(ByteString::toStringUtf8).toList();
            out.print(", attached keys([" + String.join(" ", attached) + "])");
        }
        out.println();
    }

    @Override
    public void leases(LeaseLeasesResponse answer) {
        out.println("found %d leases".formatted(answer.getLeasesCount()));
        answer.getLeasesList().forEach(each -> out.println(GoText.leaseId(each.getID())));
    }

    @Override
    public void alarms(AlarmResponse answer) {
        for (AlarmMember each : answer.getAlarmsList()) {
            out.println("memberID:%s alarm:%s ".formatted(Long.toUnsignedString(each.getMemberID()), each.getAlarm()));
        }
    }

    @Override
    public void members(MemberListResponse answer) {
        Rows.members(answer).forEach(row -> out.println(String.join(", ", row)));
    }

    @Override
    public void users(AuthUserListResponse answer) {
        answer.getUsersList().forEach(out::println);
    }

    @Override
    public void user(String name, AuthUserGetResponse answer) {
        out.println("User: " + name);
        out.print("Roles:");
        answer.getRolesList().forEach(each -> out.print(" " + each));
        out.println();
    }

    @Override
    public void roles(AuthRoleListResponse answer) {
        answer.getRolesList().forEach(out::println);
    }

    @Override
    public void role(String name, AuthRoleGetResponse answer) {
        out.println("Role " + name);
        out.println("KV Read:");
        permissions(answer, Permission.Type.READ);
        out.println("KV Write:");
        permissions(answer, Permission.Type.WRITE);
    }

    private void permissions(AuthRoleGetResponse answer, Permission.Type wanted) {
        for (Permission each : answer.getPermList()) {
            if (each.getPermType() == wanted || each.getPermType() == Permission.Type.READWRITE) {
                out.println("\t" + Ranges.text(each.getKey(), each.getRangeEnd()));
            }
        }
    }

    @Override
    public void health(List<EndpointHealth> endpoints) {
        for (EndpointHealth each : endpoints) {
            out.println(
                    each.error().isEmpty()
                            ? "%s is healthy: successfully committed proposal: took = %s"
                                    .formatted(each.endpoint(), GoText.duration(each.took()))
                            : "%s is unhealthy: failed to commit proposal: %s"
                                    .formatted(each.endpoint(), each.error()));
        }
    }

    @Override
    public void status(List<EndpointStatus> endpoints) {
        Rows.status(endpoints).forEach(row -> out.println(String.join(", ", row)));
    }

    @Override
    public void snapshot(SnapshotStatus snapshot) {
        out.println(String.join(", ", Rows.snapshot(snapshot)));
    }

    @Override
    public void hashes(List<EndpointHash> endpoints) {
        Rows.hashes(endpoints).forEach(row -> out.println(String.join(", ", row)));
    }

    private void pair(KeyValue pair) {
        line(pair.getKey());
        line(pair.getValue());
    }

    /** Bytes as they are: a value need not be text. */
    private void line(ByteString bytes) {
        if (hex) {
            out.println(Ranges.hex(bytes));
            return;
        }
        try {
            bytes.writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        out.println();
    }
}
