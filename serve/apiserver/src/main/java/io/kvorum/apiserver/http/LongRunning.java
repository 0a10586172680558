package io.kvorum.apiserver.http;

import java.util.List;

/** Tells requests that may last for hours, which no limit on time or number holds, from all others; any thread. */
public final class LongRunning {
    private static final List<String> VERBS = List.of("watch", "proxy");
    private static final List<String> SUBRESOURCES = List.of("attach", "exec", "proxy", "log", "portforward");

    private LongRunning() {}

    public static boolean is(RequestInfo request) {
        return VERBS.contains(request.verb()) || SUBRESOURCES.contains(request.subresource());
    }
}
