package io.kvorum.etcdctl.command;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.grpc.StatusException;
import io.kvorum.etcdctl.session.Session;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code watch}: shows changes as they come, and may run a command for each. */
@Command(
        name = "watch",
        customSynopsis = "watch [options] [key or prefix] [range_end] [--] [exec-command arg1 arg2 ...]",
        description = "Watches events stream on keys or prefixes")
final class WatchCommand extends Act {
    @Option(
            names = {"-i", "--interactive"},
            arity = "0..1",
            fallbackValue = "true",
            description = "Interactive mode")
    private boolean interactive;

    @Option(
            names = "--prefix",
            arity = "0..1",
            fallbackValue = "true",
            description = "Watch on a prefix if prefix is set")
    private boolean prefix;

    @Option(
            names = "--prev-kv",
            arity = "0..1",
            fallbackValue = "true",
            description = "get the previous key-value pair before the event happens")
    private boolean previous;

    @Option(
            names = "--progress-notify",
            arity = "0..1",
            fallbackValue = "true",
            description = "get periodic watch progress notification")
    private boolean progressNotify;

    @Option(names = "--rev", description = "Revision to start watching")
    private long revision;

    WatchCommand(Session session) {
        super(session);
    }

    @Override
    void act() throws StatusException, InterruptedException {
        if (interactive) {
            new WatchDialogue(session).run();
            return;
        }
        WatchPlan plan = plan(session.afterSeparator());
        try (WatchFeed feed = new WatchFeed(session.wire(), plan.request())) {
            new WatchOutput(session, plan.command()).follow(feed);
        }
    }

    /** What to watch and what to run for each event, given what stands behind the separator. */
    WatchPlan plan(@Nullable List<String> behind) {
        demand(behind == null || !behind.isEmpty(), "bad number of arguments (found separator --, but no commands)");
        List<String> command = behind == null ? List.of() : behind;
        List<String> keys = arguments().subList(0, arguments().size() - command.size());
        String key = keys.isEmpty() ? session.environment().getOrDefault("ETCDCTL_WATCH_KEY", "") : keys.getFirst();
        String end = keys.isEmpty() ? session.environment().getOrDefault("ETCDCTL_WATCH_RANGE_END", "") : "";
        demand(!keys.isEmpty() || !key.isEmpty(), "bad number of arguments");
        if (keys.size() > 1) {
            end = keys.get(1);
        }
        demand(!prefix || end.isEmpty(), "`range_end` and `--prefix` are mutually exclusive");
        ByteString start = ByteString.copyFromUtf8(key);
        Span span = prefix ? Span.prefix(start) : new Span(start, ByteString.copyFromUtf8(end));
        WatchCreateRequest request = WatchCreateRequest.newBuilder()
                .setKey(span.key())
                .setRangeEnd(span.end())
                .setStartRevision(revision)
                .setPrevKv(previous)
                .setProgressNotify(progressNotify)
                .build();
        return new WatchPlan(request, command);
    }
}
