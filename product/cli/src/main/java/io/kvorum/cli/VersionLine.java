package io.kvorum.cli;

import io.kvorum.node.Version;
import picocli.CommandLine.IVersionProvider;

final class VersionLine implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {
            firstLine(System.getenv().getOrDefault("KVORUM_NAME", "kvorum"), Version.CURRENT.kubernetes()),
            "java version " + Runtime.version().toString()
        };
    }

    /** In K3s's form for whoever calls it so, which scripts take apart. */
    static String firstLine(String calledAs, String version) {
        return calledAs.equals("kvorum")
                ? "kvorum version " + version
                : "%s version %s (kvorum)".formatted(calledAs, version);
    }
}
