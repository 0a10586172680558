package io.kvorum.etcdctl.print;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.etcd.jetcd.api.AlarmResponse;
import io.etcd.jetcd.api.AuthRoleGetResponse;
import io.etcd.jetcd.api.AuthRoleListResponse;
import io.etcd.jetcd.api.DeleteRangeResponse;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.LeaseGrantResponse;
import io.etcd.jetcd.api.LeaseKeepAliveResponse;
import io.etcd.jetcd.api.LeaseLeasesResponse;
import io.etcd.jetcd.api.LeaseRevokeResponse;
import io.etcd.jetcd.api.LeaseTimeToLiveResponse;
import io.etcd.jetcd.api.Member;
import io.etcd.jetcd.api.MemberListResponse;
import io.etcd.jetcd.api.Permission;
import io.etcd.jetcd.api.PutResponse;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.ResponseHeader;
import io.etcd.jetcd.api.ResponseOp;
import io.etcd.jetcd.api.StatusResponse;
import io.etcd.jetcd.api.TxnResponse;
import io.etcd.jetcd.api.WatchResponse;
import io.kvorum.snapshot.SnapshotStatus;
import java.io.PrintStream;
import java.util.List;

/** One field a line: a quoted name, a colon, the value. */
final class FieldsPrinter implements Printer {
    private final PrintStream out;

    FieldsPrinter(PrintStream out) {
        this.out = out;
    }

    @Override
    public void message(Message answer) {
        throw new Unsupported("fields");
    }

    /** A change has only its header to show, where it is one of those this format knows. */
    @Override
    public void done(Message answer, String sentence) {
        var field = answer.getDescriptorForType().findFieldByName("header");
        if (field == null || !(answer.getField(field) instanceof ResponseHeader header)) {
            throw new Unsupported("fields");
        }
        header(header);
    }

    private void header(ResponseHeader header) {
        field("ClusterID", Long.toUnsignedString(header.getClusterId()));
        field("MemberID", Long.toUnsignedString(header.getMemberId()));
        field("Revision", header.getRevision());
        field("RaftTerm", Long.toUnsignedString(header.getRaftTerm()));
    }

    @Override
    public void range(RangeResponse answer, boolean valuesOnly) {
        header(answer.getHeader());
        answer.getKvsList().forEach(each -> pair("", each));
        field("More", answer.getMore());
        field("Count", answer.getCount());
    }

    @Override
    public void put(PutResponse answer) {
        header(answer.getHeader());
        if (answer.hasPrevKv()) {
            pair("Prev", answer.getPrevKv());
        }
    }

    @Override
    public void delete(DeleteRangeResponse answer) {
        header(answer.getHeader());
        field("Deleted", answer.getDeleted());
        answer.getPrevKvsList().forEach(each -> pair("Prev", each));
    }

    @Override
    public void txn(TxnResponse answer) {
        header(answer.getHeader());
        field("Succeeded", answer.getSucceeded());
        for (ResponseOp each : answer.getResponsesList()) {
            switch (each.getResponseCase()) {
                case RESPONSE_RANGE -> range(each.getResponseRange(), false);
                case RESPONSE_PUT -> put(each.getResponsePut());
                case RESPONSE_DELETE_RANGE -> delete(each.getResponseDeleteRange());
                case RESPONSE_TXN -> txn(each.getResponseTxn());
                case RESPONSE_NOT_SET -> out.println("\"Unknown\" : \"\"");
            }
        }
    }

    @Override
    public void watch(WatchResponse answer) {
        header(answer.getHeader());
        for (Event each : answer.getEventsList()) {
            field("Type", each.getType());
            if (each.hasPrevKv()) {
                pair("Prev", each.getPrevKv());
            }
            pair("", each.getKv());
        }
    }

    @Override
    public void grant(LeaseGrantResponse answer) {
        header(answer.getHeader());
        field("ID", answer.getID());
        field("TTL", answer.getTTL());
    }

    @Override
    public void revoke(LeaseRevokeResponse answer, long id) {
        header(answer.getHeader());
    }

    @Override
    public void keepAlive(LeaseKeepAliveResponse answer) {
        header(answer.getHeader());
        field("ID", answer.getID());
        field("TTL", answer.getTTL());
    }

    @Override
    public void timeToLive(LeaseTimeToLiveResponse answer, boolean keys) {
        header(answer.getHeader());
        field("ID", answer.getID());
        field("TTL", answer.getTTL());
        field("GrantedTTL", answer.getGrantedTTL());
        answer.getKeysList().forEach(each -> field("Key", GoText.quote(each.toByteArray())));
    }

    @Override
    public void leases(LeaseLeasesResponse answer) {
        header(answer.getHeader());
        answer.getLeasesList().forEach(each -> field("ID", each.getID()));
    }

    @Override
    public void alarms(AlarmResponse answer) {
        header(answer.getHeader());
        answer.getAlarmsList().forEach(each -> {
            field("MemberID", Long.toUnsignedString(each.getMemberID()));
            field("AlarmType", each.getAlarm());
            out.println();
        });
    }

    @Override
    public void members(MemberListResponse answer) {
        header(answer.getHeader());
        for (Member each : answer.getMembersList()) {
            field("ID", Long.toUnsignedString(each.getID()));
            field("Name", GoText.quote(each.getName()));
            each.getPeerURLsList().forEach(url -> field("PeerURL", GoText.quote(url)));
            each.getClientURLsList().forEach(url -> field("ClientURL", GoText.quote(url)));
            field("IsLearner", each.getIsLearner());
            out.println();
        }
    }

    @Override
    public void roles(AuthRoleListResponse answer) {
        header(answer.getHeader());
        out.print("\"Roles\" :");
        answer.getRolesList().forEach(each -> out.print(" " + GoText.quote(each)));
        out.println();
    }

    @Override
    public void role(String name, AuthRoleGetResponse answer) {
        header(answer.getHeader());
        for (Permission each : answer.getPermList()) {
            field("PermType", " " + each.getPermType());
            field("Key", GoText.quote(each.getKey().toByteArray()));
            field("RangeEnd", GoText.quote(each.getRangeEnd().toByteArray()));
        }
    }

    @Override
    public void health(List<EndpointHealth> endpoints) {
        for (EndpointHealth each : endpoints) {
            field("Endpoint", GoText.quote(each.endpoint()));
            field("Health", each.healthy());
            field("Took", GoText.duration(each.took()));
            field("Error", each.error());
            out.println();
        }
    }

    @Override
    public void status(List<EndpointStatus> endpoints) {
        for (EndpointStatus each : endpoints) {
            StatusResponse status = each.status();
            header(status.getHeader());
            field("Version", GoText.quote(status.getVersion()));
            field("DBSize", status.getDbSize());
            field("Leader", Long.toUnsignedString(status.getLeader()));
            field("IsLearner", status.getIsLearner());
            field("RaftIndex", Long.toUnsignedString(status.getRaftIndex()));
            field("RaftTerm", Long.toUnsignedString(status.getRaftTerm()));
            field("RaftAppliedIndex", Long.toUnsignedString(status.getRaftAppliedIndex()));
            field("Errors", "[" + String.join(" ", status.getErrorsList()) + "]");
            field("Endpoint", GoText.quote(each.endpoint()));
            out.println();
        }
    }

    @Override
    public void snapshot(SnapshotStatus snapshot) {
        field("Hash", Integer.toUnsignedString(snapshot.hash()));
        field("Revision", snapshot.revision().value());
        field("Keys", snapshot.totalKeys());
        field("Size", snapshot.totalBytes());
    }

    @Override
    public void hashes(List<EndpointHash> endpoints) {
        for (EndpointHash each : endpoints) {
            header(each.hash().getHeader());
            field("Endpoint", GoText.quote(each.endpoint()));
            field("Hash", Integer.toUnsignedString(each.hash().getHash()));
            out.println();
        }
    }

    private void pair(String prefix, KeyValue pair) {
        field(prefix + "Key", bytes(pair.getKey()));
        field(prefix + "CreateRevision", pair.getCreateRevision());
        field(prefix + "ModRevision", pair.getModRevision());
        field(prefix + "Version", pair.getVersion());
        field(prefix + "Value", bytes(pair.getValue()));
        field(prefix + "Lease", pair.getLease());
    }

    private static String bytes(ByteString bytes) {
        return GoText.quote(bytes.toByteArray());
    }

    private void field(String name, Object value) {
        out.println("\"" + name + "\" : " + value);
    }
}
