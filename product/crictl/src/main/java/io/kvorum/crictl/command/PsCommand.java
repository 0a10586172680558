package io.kvorum.crictl.command;

import io.kvorum.cri.runtime.Container;
import io.kvorum.cri.runtime.ContainerState;
import io.kvorum.cri.runtime.Image;
import io.kvorum.cri.runtime.ListContainersResponse;
import io.kvorum.crictl.print.Columns;
import io.kvorum.crictl.print.Documents;
import io.kvorum.crictl.print.HumanText;
import io.kvorum.crictl.print.Output;
import io.kvorum.crictl.print.ProtoTree;
import io.kvorum.crictl.session.Session;
import java.io.PrintStream;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code ps}: lists containers. */
@Command(name = "ps", description = "List containers")
final class PsCommand extends Act {
    @Mixin
    private ContainerFilters filters = new ContainerFilters();

    @Option(names = "--id", description = "Filter by container id")
    private String id = "";

    @Option(names = "--namespace", description = "Filter by pod namespace regular expression pattern")
    private String namespace = "";

    @Option(
            names = {"-s", "--state"},
            description = "Filter by container state")
    private String state = "";

    @Option(
            names = {"-a", "--all"},
            description = "Show all containers")
    private boolean all;

    @Option(
            names = {"-v", "--verbose"},
            description = "Show verbose information for containers")
    private boolean verbose;

    @Option(
            names = {"-q", "--quiet"},
            description = "Only display container IDs")
    private boolean quiet;

    @Option(
            names = {"-o", "--output"},
            description = "Output format, One of: json|yaml|table (default: table)")
    private String output = "";

    @Option(names = "--no-trunc", description = "Show output without truncating the ID")
    private boolean noTrunc;

    @Option(
            names = {"-r", "--resolve-image-path"},
            description = "Show image path instead of image id")
    private boolean resolveImagePath;

    PsCommand(Session session) {
        super(session);
    }

    @Override
    void act() {
        demandNoArguments();
        Output format = Output.of(output, Output.TABLE);
        List<Container> containers =
                filters.query(state, all).withId(id).withNamespace(namespace).ask(session);
        if (format != Output.TABLE) {
            ListContainersResponse response = ListContainersResponse.newBuilder()
                    .addAllContainers(containers)
                    .build();
            Documents.print(ProtoTree.of(response), format, session.out());
        } else if (quiet) {
            containers.forEach(each -> session.out().println(each.getId()));
        } else if (verbose) {
            containers.forEach(this::describe);
        } else {
            table(containers);
        }
    }

    private void table(List<Container> containers) {
        Columns table =
                new Columns("CONTAINER", "IMAGE", "CREATED", "STATE", "NAME", "ATTEMPT", "POD ID", "POD", "NAMESPACE");
        for (Container each : containers) {
            table.row(
                    noTrunc ? each.getId() : HumanText.shortId(each.getId(), ""),
                    image(each),
                    created(each),
                    name(each.getState()),
                    each.getMetadata().getName(),
                    Integer.toUnsignedString(each.getMetadata().getAttempt()),
                    noTrunc ? each.getPodSandboxId() : HumanText.shortId(each.getPodSandboxId(), ""),
                    each.getLabelsOrDefault(ContainerQuery.POD_LABEL, "unknown"),
                    each.getLabelsOrDefault(ContainerQuery.NAMESPACE_LABEL, "unknown"));
        }
        table.print(session.out());
    }

    private String image(Container container) {
        String image = container.getImage().getImage();
        if (resolveImagePath) {
            return session.images()
                    .imageStatus(image)
                    .map(Image::getRepoTagsList)
                    .filter(tags -> !tags.isEmpty())
                    .map(List::getFirst)
                    .orElse(image);
        }
        return noTrunc || !image.startsWith("sha256:") ? image : HumanText.shortId(image, "sha256:");
    }

    private String created(Container container) {
        Instant created = HumanText.ofNanoseconds(container.getCreatedAt());
        return HumanText.ago(created, session.clock().instant());
    }

    private void describe(Container container) {
        PrintStream out = session.out();
        out.println("ID: " + container.getId());
        out.println("PodID: " + container.getPodSandboxId());
        out.println("Namespace: " + container.getLabelsOrDefault(ContainerQuery.NAMESPACE_LABEL, "unknown"));
        out.println("Name: " + container.getMetadata().getName());
        out.println(
                "Attempt: " + Integer.toUnsignedString(container.getMetadata().getAttempt()));
        out.println("State: " + name(container.getState()));
        out.println("Image: " + container.getImage().getImage());
        out.println("Created: " + created(container));
        pairs(out, "Labels:", container.getLabelsMap());
        pairs(out, "Annotations:", container.getAnnotationsMap());
        out.println();
    }

    static void pairs(PrintStream out, String heading, Map<String, String> pairs) {
        if (!pairs.isEmpty()) {
            out.println(heading);
            new TreeMap<>(pairs).forEach((key, value) -> out.println("\t%s -> %s".formatted(key, value)));
        }
    }

    static String name(ContainerState state) {
        return switch (state) {
            case CONTAINER_CREATED -> "Created";
            case CONTAINER_RUNNING -> "Running";
            case CONTAINER_EXITED -> "Exited";
            case CONTAINER_UNKNOWN, UNRECOGNIZED -> "Unknown";
        };
    }
}
