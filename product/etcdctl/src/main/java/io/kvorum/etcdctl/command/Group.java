package io.kvorum.etcdctl.command;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The words that only stand in front of other commands. */
enum Group {
    ALARM("Alarm related commands"),
    AUTH("Enable or disable authentication"),
    CHECK("commands for checking properties of the etcd cluster"),
    ENDPOINT("Endpoint related commands"),
    LEASE("Lease related commands"),
    MEMBER("Membership related commands"),
    ROLE("Role related commands"),
    SNAPSHOT("Manages etcd node snapshots"),
    USER("User related commands");

    private final String description;

    Group(String description) {
        this.description = description;
    }

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Takes any arguments, since etcd's command line shows the help whatever follows. */
    CommandSpec command() {
        CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name(label());
        spec.usageMessage().description(description);
        spec.addPositional(PositionalParamSpec.builder()
                .index("0..*")
                .type(List.class)
                .auxiliaryTypes(String.class)
                .hidden(true)
                .initialValue((@Nullable Object) null)
                .build());
        return spec;
    }
}
