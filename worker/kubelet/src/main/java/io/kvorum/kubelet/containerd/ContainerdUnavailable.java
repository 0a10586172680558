package io.kvorum.kubelet.containerd;

/** The node's containerd is missing or does not come up; the text says what to install or where to look. */
public final class ContainerdUnavailable extends RuntimeException {
    ContainerdUnavailable(String what) {
        super(what);
    }

    ContainerdUnavailable(String what, Throwable cause) {
        super(what, cause);
    }
}
