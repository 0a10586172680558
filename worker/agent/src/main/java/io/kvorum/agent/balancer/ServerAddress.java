package io.kvorum.agent.balancer;

import java.net.InetSocketAddress;
import java.net.URI;

/** Where a server listens: a name or an address, and a port. */
public record ServerAddress(String host, int port) implements Comparable<ServerAddress> {
    private static final int HTTPS = 443;

    public ServerAddress {
        if (host.isEmpty() || port < 1 || port > 65535) {
            throw new IllegalArgumentException("not a server's address: \"%s\" port %d".formatted(host, port));
        }
    }

    /** From {@code host:port}, with brackets around an IPv6 address. */
    public static ServerAddress parse(String text) {
        return of(URI.create("https://" + text));
    }

    /** From {@code https://host:port}. */
    public static ServerAddress of(URI url) {
        String host = url.getHost();
        if (host == null) {
            throw new IllegalArgumentException("no host in " + url);
        }
        boolean isBracketed = host.startsWith("[") && host.endsWith("]");
        return new ServerAddress(
                isBracketed ? host.substring(1, host.length() - 1) : host, url.getPort() < 0 ? HTTPS : url.getPort());
    }

    /** As in a URL. */
    public String authority() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    /** Asks the resolver where the host is a name: what it says may change. */
    public InetSocketAddress resolve() {
        return new InetSocketAddress(host, port);
    }

    @Override
    public int compareTo(ServerAddress other) {
        int byHost = host.compareTo(other.host);
        return byHost == 0 ? Integer.compare(port, other.port) : byHost;
    }

    @Override
    public String toString() {
        return authority();
    }
}
