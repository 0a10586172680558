package io.kvorum.kubelet.pod;

import java.util.List;

/** A pod's sandbox as the runtime reports it. */
record ObservedSandbox(String id, int attempt, boolean ready, List<String> addresses) {
    ObservedSandbox {
        addresses = List.copyOf(addresses);
    }
}
