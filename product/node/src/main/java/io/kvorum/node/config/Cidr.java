package io.kvorum.node.config;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** A range of IPv4 addresses such as {@code 10.42.0.0/16}. */
public record Cidr(int network, int prefixLength) {
    public static Cidr parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("\"" + text + "\" lacks /<bits>");
        }
        int prefixLength = Integer.parseInt(text.substring(slash + 1));
        if (prefixLength < 8 || prefixLength > 30) {
            throw new IllegalArgumentException("\"" + text + "\" has a prefix outside 8 to 30");
        }
        return new Cidr(number(text.substring(0, slash)) & mask(prefixLength), prefixLength);
    }

    private static int mask(int prefixLength) {
        return -1 << (32 - prefixLength);
    }

    private static int number(String address) {
        byte[] bytes = InetAddress.ofLiteral(address).getAddress();
        if (bytes.length != 4) {
            throw new IllegalArgumentException("\"" + address + "\" is not IPv4");
        }
        return (bytes[0] & 0xff) << 24 | (bytes[1] & 0xff) << 16 | (bytes[2] & 0xff) << 8 | (bytes[3] & 0xff);
    }

    /** The n-th address of the range. */
    public String address(int n) {
        int value = network + n;
        byte[] bytes = {(byte) (value >> 24), (byte) (value >> 16), (byte) (value >> 8), (byte) value};
        try {
            return InetAddress.getByAddress(bytes).getHostAddress();
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    public boolean contains(String address) {
        return (number(address) & mask(prefixLength)) == network;
    }

    @Override
    public String toString() {
        return address(0) + "/" + prefixLength;
    }
}
