package io.kvorum.etcdctl.command;

import io.kvorum.etcdctl.session.GlobalFlags;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The command line's root: the flags of all commands. */
@Command(name = "etcdctl", description = "A simple command line client for etcd3.")
final class Root extends GlobalFlags {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "help for the command")
    void showHelp(boolean wanted) {
        // the parser keeps that it was asked for
    }

    Root(Map<String, String> environment) {
        super(environment);
    }
}
