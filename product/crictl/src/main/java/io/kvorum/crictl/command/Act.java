package io.kvorum.crictl.command;

import io.kvorum.crictl.etcd.ServerEtcd;
import io.kvorum.crictl.session.Failure;
import io.kvorum.crictl.session.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** One command: its flags are fields, its arguments are here, and it acts once. */
abstract class Act {
    final Session session;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "show help")
    void showHelp(boolean wanted) {
        // the parser keeps that it was asked for
    }

    @Parameters(hidden = true)
    private @Nullable List<String> arguments;

    Act(Session session) {
        this.session = session;
    }

    abstract void act() throws InterruptedException;

    final List<String> arguments() {
        return arguments == null ? List.of() : arguments;
    }

    /** The ids given, of which there must be one at least. */
    final List<String> ids() {
        demand(!arguments().isEmpty(), "ID cannot be empty");
        return arguments();
    }

    /** The ids given, else those that the flags choose. */
    final List<String> argumentsOr(Supplier<List<String>> chosen) {
        if (!arguments().isEmpty()) {
            return arguments();
        }
        List<String> found = chosen.get();
        demand(!found.isEmpty(), "No IDs provided or nothing found per filter");
        return found;
    }

    final void demandNoArguments() {
        demand(arguments().isEmpty(), "unexpected argument \"%s\"".formatted(String.join(" ", arguments())));
    }

    static void demand(boolean condition, String complaint) {
        if (!condition) {
            throw new Failure(complaint);
        }
    }

    /** The server's own etcd, if this id means it; the first characters of an id do if they mean nothing else. */
    final Optional<ServerEtcd> etcdNamed(String id) {
        Optional<ServerEtcd> etcd = session.etcd().filter(each -> each.isNamedBy(id));
        boolean clash = etcd.isPresent()
                && !etcd.get().id().equals(id)
                && session.settings().runtime().obstacle().isEmpty()
                && session.runtime().listContainers(Map.of()).stream()
                        .anyMatch(each -> each.getId().startsWith(id));
        demand(!clash, "several containers have ids that begin with " + id);
        return etcd;
    }

    final Optional<ServerEtcd> etcdPodNamed(String id) {
        Optional<ServerEtcd> etcd = session.etcd().filter(each -> each.isPodNamedBy(id));
        boolean clash = etcd.isPresent()
                && !etcd.get().podId().equals(id)
                && session.settings().runtime().obstacle().isEmpty()
                && session.runtime().listPodSandboxes(Map.of()).stream()
                        .anyMatch(each -> each.getId().startsWith(id));
        demand(!clash, "several pods have ids that begin with " + id);
        return etcd;
    }

    /** Does it for each, goes on after a failure, and fails in the end with all that failed. */
    final void forEach(List<String> ids, OneAct act) throws InterruptedException {
        List<String> complaints = new ArrayList<>();
        for (String id : ids) {
            try {
                act.on(id);
            } catch (Failure failure) {
                complaints.add(failure.text());
            } catch (io.kvorum.cri.CriException failure) {
                complaints.add("%s %s: %s".formatted(failure.call(), id, failure.reason()));
            }
        }
        demand(complaints.isEmpty(), String.join("\n", complaints));
    }

    /** What is done to one container, pod or image. */
    interface OneAct {
        void on(String id) throws InterruptedException;
    }

    static Map<String, String> labels(List<String> given) {
        Map<String, String> labels = new TreeMap<>();
        for (String each : given) {
            String[] pair = each.split("=", -1);
            demand(pair.length == 2, "incorrectly specified label: " + each);
            labels.put(pair[0], pair[1]);
        }
        return labels;
    }

    static Failure noSuch(String kind, String id) {
        return new Failure("no such %s: %s".formatted(kind, id));
    }
}
