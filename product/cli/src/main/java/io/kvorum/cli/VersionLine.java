package io.kvorum.cli;

import io.kvorum.node.Version;
import picocli.CommandLine.IVersionProvider;

final class VersionLine implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {
            "kvorum version " + Version.CURRENT.kubernetes(),
            "java version " + Runtime.version().toString()
        };
    }
}
