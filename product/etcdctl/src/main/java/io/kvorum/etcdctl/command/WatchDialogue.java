package io.kvorum.etcdctl.command;

import io.etcd.jetcd.api.WatchResponse;
import io.grpc.StatusException;
import io.kvorum.etcdctl.session.Failure;
import io.kvorum.etcdctl.session.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/**
 * {@code watch -i}: each line of standard input starts a watch or asks for progress. Watches read on threads of their own;
 * one thread shows all answers, and a watch waits for it, so that nothing piles up.
 */
final class WatchDialogue {
    private final Session session;
    private final List<WatchFeed> feeds = new ArrayList<>();

    WatchDialogue(Session session) {
        this.session = session;
    }

    void run() throws StatusException, InterruptedException {
        InputLines lines = new InputLines(session.in());
        ExecutorService screen = Executors.newSingleThreadExecutor(
                Thread.ofVirtual().name("etcdctl-screen").factory());
        try {
            for (Optional<String> line = lines.next(); line.isPresent(); line = lines.next()) {
                obey(line.get().strip(), screen);
            }
        } finally {
            feeds.forEach(WatchFeed::close);
            screen.close();
        }
        throw new Failure(Failure.Code.INVALID_INPUT, "Error reading watch request line: EOF");
    }

    private void obey(String line, ExecutorService screen) throws StatusException, InterruptedException {
        List<String> words = Words.of(line);
        if (words.equals(List.of("progress"))) {
            for (WatchFeed each : feeds) {
                each.askForProgress();
            }
            return;
        }
        if (words.isEmpty() || !words.getFirst().equals("watch")) {
            session.err().println("Invalid command " + line + " (only support watch)");
            return;
        }
        boolean preset =
                !session.environment().getOrDefault("ETCDCTL_WATCH_KEY", "").isEmpty();
        if (words.size() == 1 && !preset) {
            session.err().println("Invalid command " + line + " (command type or key is not provided)");
            return;
        }
        try {
            start(plan(words.subList(1, words.size())), screen);
        } catch (ParameterException e) {
            session.err().println("Invalid command " + line + " (" + FlagErrors.text(e) + ")");
        } catch (Failure e) {
            session.err().println("Invalid command " + line + " (" + e.text() + ")");
        }
    }

    private WatchPlan plan(List<String> arguments) {
        WatchCommand command = new WatchCommand(session);
        CommandTree.asGoWould(new CommandLine(command)).parseArgs(arguments.toArray(String[]::new));
        int separator = arguments.indexOf("--");
        @Nullable List<String> behind = separator < 0 ? null : arguments.subList(separator + 1, arguments.size());
        return command.plan(behind);
    }

    private void start(WatchPlan plan, ExecutorService screen) {
        WatchFeed feed = new WatchFeed(session.connect(session.flags().endpoints()), plan.request());
        feeds.add(feed);
        WatchOutput output = new WatchOutput(session, plan.command());
        Thread.ofVirtual().name("etcdctl-watch").start(() -> follow(feed, output, screen));
    }

    private void follow(WatchFeed feed, WatchOutput output, ExecutorService screen) {
        try {
            for (WatchResponse answer = feed.take(); !answer.getCanceled(); answer = feed.take()) {
                WatchResponse shown = answer;
                screen.submit(() -> {
                            output.show(shown);
                            return shown;
                        })
                        .get();
            }
            session.err().println("watch is canceled by the server");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (StatusException | ExecutionException | IllegalStateException e) {
            session.err().flush();
        }
    }
}
