package io.kvorum.crictl.command;

import picocli.CommandLine.Option;

/** The root's {@code --help}. */
final class HelpFlag {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "show help")
    void showHelp(boolean wanted) {
        // the parser keeps that it was asked for
    }
}
