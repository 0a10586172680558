package io.kvorum.etcdctl.command;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.StatusException;
import io.kvorum.etcdctl.session.Failure;
import io.kvorum.etcdctl.session.Session;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code elect}: stands for a leadership until interrupted, which is no failure, or shows who leads. */
@Command(
        name = "elect",
        customSynopsis = "elect <election-name> [proposal]",
        description = "Observes and participates in leader election")
final class ElectCommand extends Act {
    private static final long SESSION_SECONDS = 60;

    @Option(
            names = {"-l", "--listen"},
            arity = "0..1",
            fallbackValue = "true",
            description = "observation mode")
    private boolean listen;

    ElectCommand(Session session) {
        super(session);
    }

    @Override
    void act() throws StatusException, InterruptedException {
        demand(
                arguments().size() == 1 || arguments().size() == 2,
                "elect takes one election name argument and an optional proposal argument");
        if (listen) {
            demand(arguments().size() == 1, "proposal given but -l is set");
            observe(ByteString.copyFromUtf8(argument(0) + "/"));
        } else {
            demand(arguments().size() == 2, "no proposal argument but -l not set");
            campaign();
        }
    }

    private void campaign() throws StatusException, InterruptedException {
        try (Tenancy tenancy = new Tenancy(this, argument(0), SESSION_SECONDS)) {
            try {
                tenancy.await(ByteString.copyFromUtf8(argument(1)));
                RangeRequest own =
                        RangeRequest.newBuilder().setKey(tenancy.key()).build();
                session.printer().range(session.read(channel -> kv(channel).range(own)), false);
                session.out().flush();
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                if (tenancy.lost()) {
                    throw Failure.error("session expired");
                }
            }
        }
    }

    private void observe(ByteString prefix) throws StatusException, InterruptedException {
        RangeRequest oldest = RangeRequest.newBuilder()
                .setKey(prefix)
                .setRangeEnd(Span.prefix(prefix).end())
                .setSortTarget(RangeRequest.SortTarget.CREATE)
                .setSortOrder(RangeRequest.SortOrder.ASCEND)
                .setLimit(1)
                .build();
        while (true) {
            RangeResponse leader = session.read(channel -> kv(channel).range(oldest));
            long next = leader.getHeader().getRevision() + 1;
            WatchCreateRequest.Builder change = WatchCreateRequest.newBuilder().setStartRevision(next);
            if (leader.getKvsCount() == 0) {
                change.setKey(prefix).setRangeEnd(Span.prefix(prefix).end());
                await(change.build(), Event.EventType.PUT);
            } else {
                show(leader);
                await(change.setKey(leader.getKvs(0).getKey()).build(), Event.EventType.DELETE);
            }
        }
    }

    /** Waits for the kind of event that changes who leads; a leader's new proposal is shown on the way. */
    private void await(WatchCreateRequest request, Event.EventType kind) throws StatusException, InterruptedException {
        try (WatchFeed feed = new WatchFeed(session.wire(), request)) {
            while (true) {
                WatchResponse answer = feed.take();
                if (answer.getCanceled()) {
                    return;
                }
                for (Event each : answer.getEventsList()) {
                    if (each.getType() == kind) {
                        return;
                    }
                    if (each.getType() == Event.EventType.PUT) {
                        show(answer, each.getKv());
                    }
                }
            }
        }
    }

    private void show(WatchResponse answer, KeyValue leader) {
        show(RangeResponse.newBuilder()
                .setHeader(answer.getHeader())
                .addKvs(leader)
                .build());
    }

    private void show(RangeResponse leader) {
        session.printer().range(leader, false);
        session.out().flush();
    }
}
