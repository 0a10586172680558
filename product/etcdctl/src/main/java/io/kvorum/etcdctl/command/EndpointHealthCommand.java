package io.kvorum.etcdctl.command;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.AlarmRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import io.kvorum.etcdctl.print.EndpointHealth;
import io.kvorum.etcdctl.print.Printer;
import io.kvorum.etcdctl.session.Failure;
import io.kvorum.etcdctl.session.Session;
import io.kvorum.etcdctl.wire.Failures;
import io.kvorum.etcdctl.wire.Wire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code endpoint health}: all endpoints at once, shown in the order in which they answer. */
@Command(
        name = "health",
        customSynopsis = "endpoint health",
        description = "Checks the healthiness of endpoints specified in `--endpoints` flag")
final class EndpointHealthCommand extends Act {
    @Option(
            names = "--cluster",
            arity = "0..1",
            fallbackValue = "true",
            description = "use all endpoints from the cluster member list")
    private boolean cluster;

    EndpointHealthCommand(Session session) {
        super(session);
    }

    @Override
    void act() throws InterruptedException {
        Printer printer = session.printer();
        List<EndpointHealth> found = askAll(EndpointSet.of(this, cluster));
        printer.health(found);
        if (!found.stream().allMatch(EndpointHealth::healthy)) {
            throw Failure.error("unhealthy cluster");
        }
    }

    private List<EndpointHealth> askAll(List<String> endpoints) throws InterruptedException {
        List<EndpointHealth> found = new ArrayList<>();
        try (ExecutorService askers = Executors.newVirtualThreadPerTaskExecutor()) {
            var answers = new ExecutorCompletionService<EndpointHealth>(askers);
            endpoints.forEach(each -> answers.submit(() -> ask(each)));
            for (int i = 0; i < endpoints.size(); i++) {
                found.add(answers.take().get());
            }
            return found;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        }
    }

    private EndpointHealth ask(String endpoint) {
        long start = System.nanoTime();
        String error = "";
        try (Wire wire = session.connect(List.of(endpoint))) {
            error = wire.read(this::complaint);
        } catch (StatusRuntimeException e) {
            // a user who may not read the key learns that from a server that could commit
            String text = Failures.text(e);
            error = text.equals("etcdserver: permission denied") ? "" : text;
        }
        return new EndpointHealth(endpoint, error.isEmpty(), Duration.ofNanos(System.nanoTime() - start), error);
    }

    private String complaint(Channel channel) {
        var _ = kv(channel)
                .range(RangeRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8("health"))
                        .build());
        List<String> alarms = maintenance(channel).alarm(AlarmRequest.getDefaultInstance()).getAlarmsList().stream()
                .map(each -> each.getAlarm().name())
                .distinct()
                .toList();
        return alarms.isEmpty() ? "" : "Active Alarm(s): " + String.join(", ", alarms);
    }
}
