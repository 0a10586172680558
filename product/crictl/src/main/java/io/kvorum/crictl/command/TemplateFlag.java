package io.kvorum.crictl.command;

import picocli.CommandLine.Option;

/** The flag of an output format that this program does not have. */
final class TemplateFlag {
    @Option(names = "--template", description = "Not supported, as is --output go-template")
    private String template = "";

    void demandNone() {
        Act.demand(template.isEmpty(), "--template is not part of this crictl: use --output json and jq");
    }
}
