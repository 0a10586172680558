package io.kvorum.kubelet.linux;

import java.nio.file.Path;

/** Mounting and unmounting; called from any thread. */
public interface Mounts {
    /** Mounts a fresh tmpfs of at most this size; 0 means the kernel's default. */
    void mountTmpfs(Path target, long sizeBytes);

    /** Whether something is mounted exactly there. */
    boolean isMounted(Path target);

    /** Detaches what is mounted there; nothing mounted is fine. */
    void unmount(Path target);
}
