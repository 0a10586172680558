package io.kvorum.crictl.command;

import io.kvorum.cri.runtime.StatusResponse;
import io.kvorum.crictl.print.Output;
import io.kvorum.crictl.session.Session;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code info}: how the runtime is, and how it is configured. */
@Command(name = "info", description = "Display information of the container runtime")
final class InfoCommand extends Act {
    @Option(
            names = {"-o", "--output"},
            description = "Output format, One of: json|yaml (default: json)")
    private String output = "";

    @Option(
            names = {"-q", "--quiet"},
            description = "Do not show verbose information")
    private boolean quiet;

    @Mixin
    private TemplateFlag template = new TemplateFlag();

    InfoCommand(Session session) {
        super(session);
    }

    @Override
    void act() {
        template.demandNone();
        demandNoArguments();
        Output format = Output.of(output, Output.JSON);
        StatusResponse response = session.runtime().statusOf(!quiet);
        Statuses statuses = new Statuses();
        statuses.add(Statuses.of(response.getStatus()), response.getInfoMap());
        statuses.print(format, session.out());
    }
}
