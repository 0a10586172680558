package io.kvorum.crictl.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** The flags that choose containers, the same for every command that takes them. */
final class ContainerFilters {
    @Option(names = "--name", paramLabel = "value", description = "Filter by container name regular expression pattern")
    private String name = "";

    @Option(
            names = {"-p", "--pod"},
            paramLabel = "value",
            description = "Filter by pod id")
    private String pod = "";

    @Option(names = "--image", paramLabel = "value", description = "Filter by container image")
    private String image = "";

    @Option(names = "--label", paramLabel = "value", description = "Filter by key=value label")
    private List<String> labels = new ArrayList<>();

    @Option(
            names = {"-l", "--latest"},
            description = "Show the most recently created container (includes all states)")
    private boolean latest;

    @Option(
            names = {"-n", "--last"},
            paramLabel = "value",
            description = "Show last n recently created containers (includes all states). Set 0 for unlimited.")
    private int last;

    boolean anyGiven() {
        return latest || last > 0 || !labels.isEmpty() || !(name + pod + image).isEmpty();
    }

    ContainerQuery query(String state, boolean all) {
        Map<String, String> wanted = Act.labels(labels);
        int most = last > 0 ? last : latest ? 1 : Integer.MAX_VALUE;
        return new ContainerQuery("", pod, name, "", image, state, wanted, all || latest || last > 0, most);
    }
}
