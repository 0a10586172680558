package io.kvorum.torture;

import java.nio.file.Path;
import java.util.List;

/** The hosts that members run on, numbered from 1, and the faults of their network and disks. One thread at a time. */
interface Site extends AutoCloseable {
    int hosts();

    /** @param host from 1; so for the others */
    String address(int host);

    int clientPort(int host);

    int peerPort(int host);

    /** Whether members prove who they are; without it they are all on the loopback. */
    boolean isSecure();

    /** What to put before a command to run it on a host as a child of this process; it dies with this process. */
    List<String> commandPrefix(int host);

    /** A host's disk, seen from here and from the host under the same path. */
    Path disk(int host);

    /** Whether links and disks can be made to fail. */
    boolean hasFaults();

    /** No traffic between the two. */
    void cut(int host, int peer);

    /** Nothing of what host sends reaches peer. */
    void mute(int host, int peer);

    /** No traffic at all. */
    void unplug(int host);

    void slow(int host, int delayMillis, int lossPercent);

    /** Undoes all of these. */
    void heal(int host);

    /** Takes all space that is left. */
    void fillDisk(int host);

    void freeDisk(int host);

    @Override
    void close();
}
