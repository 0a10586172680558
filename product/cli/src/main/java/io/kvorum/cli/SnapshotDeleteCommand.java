package io.kvorum.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code etcd-snapshot delete}. */
@Command(name = "delete", mixinStandardHelpOptions = true, description = "Delete snapshots by their names.")
final class SnapshotDeleteCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private SnapshotFlags flags;

    @Parameters(arity = "1..*", paramLabel = "NAME")
    private List<String> names = new ArrayList<>();

    @Override
    public Integer call() {
        ObjectNode request = flags.request("delete");
        ArrayNode wanted = request.putArray("name");
        names.forEach(wanted::add);
        JsonNode result = flags.ask(request, spec.commandLine().getErr());
        PrintWriter out = spec.commandLine().getOut();
        List<String> deleted = new ArrayList<>();
        result.path("deleted").forEach(each -> deleted.add(each.asString()));
        deleted.forEach(each -> out.println("Snapshot " + each + " deleted."));
        out.flush();
        PrintWriter err = spec.commandLine().getErr();
        names.stream()
                .filter(each -> !deleted.contains(each))
                .forEach(each -> err.println("no snapshot is called " + each));
        err.flush();
        int bucket = SnapshotFlags.bucketOutcome(result, err);
        return deleted.containsAll(names) ? bucket : 1;
    }
}
