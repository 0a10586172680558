package io.kvorum.node.config;

import java.util.List;

/** Everything that is wrong with the configuration, one sentence each. */
public final class ConfigurationProblems extends RuntimeException {
    private final List<String> problems;

    public ConfigurationProblems(List<String> problems) {
        super(String.join("\n", problems));
        this.problems = List.copyOf(problems);
    }

    public List<String> problems() {
        return problems;
    }
}
