package io.kvorum.etcdctl.command;

import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.StatusException;
import io.kvorum.etcdctl.print.GoText;
import io.kvorum.etcdctl.print.Printer;
import io.kvorum.etcdctl.session.Failure;
import io.kvorum.etcdctl.session.Session;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Shows a watch's answers and runs the command for each event. One thread at a time. */
final class WatchOutput {
    private final Session session;
    private final List<String> command;
    private final Printer printer;

    WatchOutput(Session session, List<String> command) {
        this.session = session;
        this.command = command;
        this.printer = session.printer();
    }

    /** Goes on until the server ends the watch. */
    void follow(WatchFeed feed) throws StatusException, InterruptedException {
        while (true) {
            WatchResponse answer = feed.take();
            show(answer);
            if (answer.getCanceled()) {
                throw new Failure(Failure.Code.INTERRUPTED, "watch is canceled by the server");
            }
        }
    }

    void show(WatchResponse answer) throws InterruptedException {
        if (answer.getCanceled()) {
            session.err().println("watch was canceled (" + reason(answer) + ")");
        } else if (answer.getEventsCount() == 0) {
            session.out().println("progress notify: " + answer.getHeader().getRevision());
        }
        printer.watch(answer);
        session.out().flush();
        if (!command.isEmpty()) {
            for (Event each : answer.getEventsList()) {
                execute(answer.getHeader().getRevision(), each);
            }
        }
    }

    private static String reason(WatchResponse answer) {
        if (answer.getCompactRevision() != 0) {
            return "etcdserver: mvcc: required revision has been compacted";
        }
        return answer.getCancelReason().isEmpty()
                ? "etcdserver: mvcc: required revision is a future revision"
                : answer.getCancelReason();
    }

    private void execute(long revision, Event event) throws InterruptedException {
        Map<String, String> variables = Map.of(
                "ETCD_WATCH_REVISION", String.valueOf(revision),
                "ETCD_WATCH_EVENT_TYPE", GoText.quote(event.getType().name()),
                "ETCD_WATCH_KEY", GoText.quote(event.getKv().getKey().toByteArray()),
                "ETCD_WATCH_VALUE", GoText.quote(event.getKv().getValue().toByteArray()));
        int exitCode = Executed.run(command, variables, session);
        if (exitCode != 0) {
            String words = command.stream().map(GoText::quote).collect(Collectors.joining(" ", "[", "]"));
            session.err().println("command %s error (exit status %d)".formatted(words, exitCode));
            throw Failure.silent(Failure.Code.ERROR.number());
        }
    }
}
