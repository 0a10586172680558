package io.kvorum.etcdctl.command;

import io.kvorum.etcdctl.session.Session;
import picocli.CommandLine.Command;

/** The command {@code version}: prints the version of etcdctl. */
@Command(name = "version", customSynopsis = "version", description = "Prints the version of etcdctl")
final class VersionCommand extends Act {
    /** The etcd whose commands and texts these are. */
    static final String VERSION = "3.6.4";

    VersionCommand(Session session) {
        super(session);
    }

    @Override
    void act() {
        session.out().println("etcdctl version: " + VERSION);
        session.out().println("API version: " + apiVersion());
    }

    static String apiVersion() {
        return VERSION.substring(0, VERSION.lastIndexOf('.'));
    }
}
