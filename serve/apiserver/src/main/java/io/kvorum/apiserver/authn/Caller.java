package io.kvorum.apiserver.authn;

import java.util.List;
import java.util.Map;

/**
 * Who asks.
 *
 * @param user such as {@code system:node:h1}
 * @param extra further facts a token carries, such as the pod it is bound to
 */
public record Caller(String user, String uid, List<String> groups, Map<String, List<String>> extra) {
    public static final Caller ANONYMOUS =
            new Caller("system:anonymous", "", List.of("system:unauthenticated"), Map.of());

    public Caller {
        groups = List.copyOf(groups);
        extra = Map.copyOf(extra);
    }

    public boolean isIn(String group) {
        return groups.contains(group);
    }
}
