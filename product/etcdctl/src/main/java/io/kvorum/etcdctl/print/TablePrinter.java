package io.kvorum.etcdctl.print;

import com.google.protobuf.Message;
import io.etcd.jetcd.api.MemberListResponse;
import io.kvorum.snapshot.SnapshotStatus;
import java.io.PrintStream;
import java.util.List;

/** Tables, for what is a list of members or endpoints. */
final class TablePrinter implements Printer {
    private final PrintStream out;

    TablePrinter(PrintStream out) {
        this.out = out;
    }

    @Override
    public void message(Message answer) {
        throw new Unsupported("table");
    }

    @Override
    public void members(MemberListResponse answer) {
        out.print(TableText.of(Rows.MEMBER_HEADINGS, Rows.members(answer)));
    }

    @Override
    public void health(List<EndpointHealth> endpoints) {
        out.print(TableText.of(Rows.HEALTH_HEADINGS, Rows.health(endpoints)));
    }

    @Override
    public void status(List<EndpointStatus> endpoints) {
        out.print(TableText.of(Rows.STATUS_HEADINGS, Rows.status(endpoints)));
    }

    @Override
    public void snapshot(SnapshotStatus snapshot) {
        out.print(TableText.of(Rows.SNAPSHOT_HEADINGS, List.of(Rows.snapshot(snapshot))));
    }

    @Override
    public void hashes(List<EndpointHash> endpoints) {
        out.print(TableText.of(Rows.HASH_HEADINGS, Rows.hashes(endpoints)));
    }
}
