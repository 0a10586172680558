package io.kvorum.network.overlay;

/** No device of this machine has the node's address. */
public final class UplinkUnknown extends RuntimeException {
    UplinkUnknown(String address) {
        super("no network device of this machine has the node's address %s; correct --node-ip".formatted(address));
    }
}
