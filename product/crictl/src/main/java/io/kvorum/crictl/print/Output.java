package io.kvorum.crictl.print;

import io.kvorum.crictl.session.Failure;

/** How an answer is wanted. */
public enum Output {
    TABLE,
    JSON,
    YAML;

    /** The format of that name, or {@code otherwise} when none was named. */
    public static Output of(String name, Output otherwise) {
        return switch (name) {
            case "" -> otherwise;
            case "table" -> TABLE;
            case "json" -> JSON;
            case "yaml" -> YAML;
            case "go-template" ->
                throw new Failure("--output go-template is not part of this crictl: use --output json and jq");
            default -> throw new Failure("unsupported output format \"%s\": use table, json or yaml".formatted(name));
        };
    }
}
