package io.kvorum.http;

import java.net.InetSocketAddress;

/** A door cannot listen where it was told to. */
public final class BindFailed extends RuntimeException {
    private final InetSocketAddress address;

    BindFailed(InetSocketAddress address, Throwable cause) {
        super(text(address, cause), cause);
        this.address = address;
    }

    public InetSocketAddress address() {
        return address;
    }

    private static String text(InetSocketAddress address, Throwable cause) {
        String host = address.getHostString();
        String found = String.valueOf(cause.getMessage());
        if (found.contains("in use")) {
            return "port %d is in use by another process (address %s); stop that process or choose another port"
                    .formatted(address.getPort(), host);
        }
        if (found.contains("assign requested address")) {
            return "cannot listen on %s port %d: no interface of this host has that address"
                    .formatted(host, address.getPort());
        }
        if (found.contains("denied")) {
            return "may not listen on port %d (address %s): ports below 1024 need root or CAP_NET_BIND_SERVICE"
                    .formatted(address.getPort(), host);
        }
        return "cannot listen on %s port %d: %s".formatted(host, address.getPort(), found);
    }
}
