package io.kvorum.bench;

import java.nio.file.Path;

/**
 * Where one member lives.
 *
 * @param host a loopback address of its own, so that all members use etcd's ports
 * @param folder holds its data and its log
 * @param certificates holds the run's certificates
 */
record Seat(String name, String host, Path folder, Path certificates, boolean isSecured) {
    static final int CLIENT_PORT = 2379;
    private static final int PEER_PORT = 2380;

    String clientUrl() {
        return scheme() + "://" + host + ":" + CLIENT_PORT;
    }

    String peerUrl() {
        return scheme() + "://" + host + ":" + PEER_PORT;
    }

    private String scheme() {
        return isSecured ? "https" : "http";
    }

    Path data() {
        return folder.resolve("data");
    }
}
