package io.kvorum.crictl.command;

import io.kvorum.crictl.print.Output;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How the inspecting commands show what they found, the same for all of them. */
final class InspectFlags {
    @Option(
            names = {"-o", "--output"},
            description = "Output format, One of: json|yaml|table (default: json)")
    private String output = "";

    @Option(
            names = {"-q", "--quiet"},
            description = "Do not show verbose information")
    private boolean quiet;

    @Mixin
    private TemplateFlag template = new TemplateFlag();

    Output format() {
        template.demandNone();
        return Output.of(output, Output.JSON);
    }

    boolean isVerbose() {
        return !quiet;
    }
}
