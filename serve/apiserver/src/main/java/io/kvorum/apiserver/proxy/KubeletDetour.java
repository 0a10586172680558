package io.kvorum.apiserver.proxy;

import java.util.OptionalInt;

/** Another way to kubelets that do not answer at their nodes' addresses. Any thread. */
public interface KubeletDetour {
    /** The port on 127.0.0.1 behind which is the node's kubelet; empty when there is no such way. */
    OptionalInt port(String node);

    /** Of servers that know none. */
    static KubeletDetour none() {
        return node -> OptionalInt.empty();
    }
}
