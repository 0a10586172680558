package io.kvorum.etcdctl.print;

import com.google.protobuf.Message;
import io.etcd.jetcd.api.LeaseGrantResponse;
import io.etcd.jetcd.api.LeaseKeepAliveResponse;
import io.etcd.jetcd.api.LeaseLeasesResponse;
import io.etcd.jetcd.api.LeaseTimeToLiveResponse;
import io.etcd.jetcd.api.WatchResponse;
import io.kvorum.snapshot.SnapshotStatus;
import java.io.PrintStream;
import java.util.List;

/** JSON: messages by the names of the wire; leases, watches and endpoints as etcd's Go client spells them. */
final class JsonPrinter implements Printer {
    private final PrintStream out;

    JsonPrinter(PrintStream out) {
        this.out = out;
    }

    @Override
    public void message(Message answer) {
        out.println(JsonText.of(answer));
    }

    @Override
    public void watch(WatchResponse answer) {
        List<String> events = answer.getEventsList().stream().map(JsonText::of).toList();
        out.println("{\"Header\":%s,\"Events\":%s,\"CompactRevision\":%d,\"Canceled\":%b,\"Created\":%b}"
                .formatted(
                        JsonText.of(answer.getHeader()),
                        events.isEmpty() ? "null" : JsonText.list(events),
                        answer.getCompactRevision(),
                        answer.getCanceled(),
                        answer.getCreated()));
    }

    @Override
    public void grant(LeaseGrantResponse answer) {
        out.println("{%s,\"ID\":%d,\"TTL\":%d,\"Error\":%s}"
                .formatted(
                        JsonText.fields(answer.getHeader()),
                        answer.getID(),
                        answer.getTTL(),
                        JsonText.quote(answer.getError())));
    }

    @Override
    public void keepAlive(LeaseKeepAliveResponse answer) {
        out.println("{%s,\"ID\":%d,\"TTL\":%d}"
                .formatted(JsonText.fields(answer.getHeader()), answer.getID(), answer.getTTL()));
    }

    @Override
    public void timeToLive(LeaseTimeToLiveResponse answer, boolean keys) {
        List<String> attached = answer.getKeysList().stream()
                .map(each -> "\"" + JsonText.base64(each) + "\"")
                .toList();
        out.println("{%s,\"id\":%d,\"ttl\":%d,\"granted-ttl\":%d,\"keys\":%s}"
                .formatted(
                        JsonText.fields(answer.getHeader()),
                        answer.getID(),
                        answer.getTTL(),
                        answer.getGrantedTTL(),
                        attached.isEmpty() ? "null" : JsonText.list(attached)));
    }

    @Override
    public void leases(LeaseLeasesResponse answer) {
        List<String> ids = answer.getLeasesList().stream()
                .map(each -> "{\"id\":" + each.getID() + "}")
                .toList();
        out.println("{%s,\"leases\":%s}".formatted(JsonText.fields(answer.getHeader()), JsonText.list(ids)));
    }

    @Override
    public void health(List<EndpointHealth> endpoints) {
        out.println(JsonText.list(endpoints.stream()
                .map(each -> "{\"endpoint\":%s,\"health\":%b,\"took\":%s%s}"
                        .formatted(
                                JsonText.quote(each.endpoint()),
                                each.healthy(),
                                JsonText.quote(GoText.duration(each.took())),
                                each.error().isEmpty() ? "" : ",\"error\":" + JsonText.quote(each.error())))
                .toList()));
    }

    @Override
    public void status(List<EndpointStatus> endpoints) {
        out.println(JsonText.list(endpoints.stream()
                .map(each -> "{\"Endpoint\":%s,\"Status\":%s}"
                        .formatted(JsonText.quote(each.endpoint()), JsonText.of(each.status())))
                .toList()));
    }

    @Override
    public void snapshot(SnapshotStatus snapshot) {
        out.println("{\"hash\":%d,\"revision\":%d,\"totalKey\":%d,\"totalSize\":%d}"
                .formatted(
                        Integer.toUnsignedLong(snapshot.hash()),
                        snapshot.revision().value(),
                        snapshot.totalKeys(),
                        snapshot.totalBytes()));
    }

    @Override
    public void hashes(List<EndpointHash> endpoints) {
        out.println(JsonText.list(endpoints.stream()
                .map(each -> "{\"Endpoint\":%s,\"HashKV\":%s}"
                        .formatted(JsonText.quote(each.endpoint()), JsonText.of(each.hash())))
                .toList()));
    }
}
