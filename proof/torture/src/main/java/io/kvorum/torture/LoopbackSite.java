package io.kvorum.torture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** All members on the loopback: no faults of links and disks. */
final class LoopbackSite implements Site {
    private final Path folder;
    private final List<Integer> ports;

    LoopbackSite(Path folder, int hosts) {
        this.folder = folder;
        this.ports = freePorts(2 * hosts);
        for (int host = 1; host <= hosts; host++) {
            try {
                Files.createDirectories(disk(host));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static List<Integer> freePorts(int count) {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            List<Integer> ports =
                    sockets.stream().map(ServerSocket::getLocalPort).toList();
            for (ServerSocket socket : sockets) {
                socket.close();
            }
            return ports;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public int hosts() {
        return ports.size() / 2;
    }

    @Override
    public String address(int host) {
        return "127.0.0.1";
    }

    @Override
    public int clientPort(int host) {
        return ports.get(2 * host - 2);
    }

    @Override
    public int peerPort(int host) {
        return ports.get(2 * host - 1);
    }

    @Override
    public boolean isSecure() {
        return false;
    }

    @Override
    public List<String> commandPrefix(int host) {
        return List.of("setpriv", "--pdeathsig", "KILL", "--");
    }

    @Override
    public Path disk(int host) {
        return folder.resolve("h" + host);
    }

    @Override
    public boolean hasFaults() {
        return false;
    }

    @Override
    public void cut(int host, int peer) {
        throw noFaults();
    }

    @Override
    public void mute(int host, int peer) {
        throw noFaults();
    }

    @Override
    public void unplug(int host) {
        throw noFaults();
    }

    @Override
    public void slow(int host, int delayMillis, int lossPercent) {
        throw noFaults();
    }

    @Override
    public void heal(int host) {}

    @Override
    public void fillDisk(int host) {
        throw noFaults();
    }

    @Override
    public void freeDisk(int host) {}

    private static UnsupportedOperationException noFaults() {
        return new UnsupportedOperationException("links and disks of the loopback do not fail");
    }

    @Override
    public void close() {}
}
