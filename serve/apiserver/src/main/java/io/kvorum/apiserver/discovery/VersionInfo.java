package io.kvorum.apiserver.discovery;

import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Which version this server is.
 *
 * @param gitVersion such as {@code v1.36.0+kvorum1}
 * @param gitCommit of Kvorum's source; may be empty
 * @param buildDate such as {@code 2026-01-01T00:00:00Z}
 */
public record VersionInfo(String gitVersion, String gitCommit, String buildDate) {
    private static final String MAJOR = "1";
    private static final String MINOR = "36";

    ObjectNode json() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("major", MAJOR)
                .put("minor", MINOR)
                .put("emulationMajor", MAJOR)
                .put("emulationMinor", MINOR)
                .put("minCompatibilityMajor", MAJOR)
                .put("minCompatibilityMinor", "35")
                .put("gitVersion", gitVersion)
                .put("gitCommit", gitCommit)
                .put("gitTreeState", "clean")
                .put("buildDate", buildDate)
                .put("goVersion", "java" + Runtime.version().feature())
                .put("compiler", "javac")
                .put("platform", "linux/" + architecture());
    }

    private static String architecture() {
        return System.getProperty("os.arch", "").equals("aarch64") ? "arm64" : "amd64";
    }
}
