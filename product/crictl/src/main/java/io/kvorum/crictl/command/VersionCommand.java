package io.kvorum.crictl.command;

import io.kvorum.cri.runtime.VersionResponse;
import io.kvorum.crictl.session.Session;
import picocli.CommandLine.Command;

/** The command {@code version}: what the runtime calls itself. */
@Command(name = "version", description = "Display runtime version information")
final class VersionCommand extends Act {
    VersionCommand(Session session) {
        super(session);
    }

    @Override
    void act() {
        demandNoArguments();
        VersionResponse version = session.runtime().version();
        session.out().println("Version:  " + version.getVersion());
        session.out().println("RuntimeName:  " + version.getRuntimeName());
        session.out().println("RuntimeVersion:  " + version.getRuntimeVersion());
        session.out().println("RuntimeApiVersion:  " + version.getRuntimeApiVersion());
    }
}
