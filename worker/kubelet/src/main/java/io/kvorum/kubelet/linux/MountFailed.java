package io.kvorum.kubelet.linux;

import java.nio.file.Path;

/** The kernel refused to mount or unmount. */
public final class MountFailed extends RuntimeException {
    MountFailed(String what, Path target, int errno) {
        super("%s on %s was refused by the kernel with errno %d".formatted(what, target, errno));
    }
}
