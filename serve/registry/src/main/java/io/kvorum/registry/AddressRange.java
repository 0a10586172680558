package io.kvorum.registry;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.random.RandomGenerator;

/**
 * A network that service addresses are taken from; immutable, any thread.
 *
 * @param size number of addresses that may be taken: neither the network's own nor an IPv4 broadcast address
 */
record AddressRange(String cidr, BigInteger network, BigInteger size, boolean isIpv6) {
    /** More than this is never searched; upstream bounds an IPv6 range so too. */
    private static final int MOST_BITS = 20;

    static AddressRange parse(String cidr) {
        int slash = cidr.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("not a network in CIDR form: " + cidr);
        }
        byte[] address = literal(cidr.substring(0, slash));
        int hostBits = address.length * 8 - Integer.parseInt(cidr.substring(slash + 1));
        BigInteger network = new BigInteger(1, address).shiftRight(hostBits).shiftLeft(hostBits);
        BigInteger all = BigInteger.ONE.shiftLeft(Math.min(hostBits, MOST_BITS));
        int reserved = address.length == 4 ? 2 : 1;
        return new AddressRange(cidr, network, all.subtract(BigInteger.valueOf(reserved)), address.length == 16);
    }

    /** @throws IllegalArgumentException for what is not an address literal */
    static byte[] literal(String text) {
        if (!text.matches("[0-9a-fA-F:.]+") || (!text.contains(".") && !text.contains(":"))) {
            throw new IllegalArgumentException("not an IP address: " + text);
        }
        try {
            return InetAddress.getByName(text).getAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("not an IP address: " + text, e);
        }
    }

    boolean contains(String address) {
        byte[] bytes = literal(address);
        BigInteger offset = new BigInteger(1, bytes).subtract(network);
        return bytes.length == 16 == isIpv6 && offset.signum() > 0 && offset.compareTo(size) <= 0;
    }

    String family() {
        return isIpv6 ? "IPv6" : "IPv4";
    }

    /** An address by chance, from the part that is not kept for addresses chosen by people while that has room. */
    String random(RandomGenerator chance, boolean alsoLowerBand) {
        long count = size.longValueExact();
        long lowerBand = Math.min(Math.max(16, count / 16), 256);
        long first = alsoLowerBand || lowerBand >= count ? 0 : lowerBand;
        return address(first + 1 + (long) (chance.nextDouble() * (count - first)));
    }

    /** @param offset 1 for the first address behind the network's own */
    String address(long offset) {
        byte[] raw = network.add(BigInteger.valueOf(offset)).toByteArray();
        byte[] bytes = new byte[isIpv6 ? 16 : 4];
        for (int i = 0; i < bytes.length && i < raw.length; i++) {
            bytes[bytes.length - 1 - i] = raw[raw.length - 1 - i];
        }
        return isIpv6 ? shortIpv6(bytes) : dotted(bytes);
    }

    private static String dotted(byte[] bytes) {
        return (bytes[0] & 0xff) + "." + (bytes[1] & 0xff) + "." + (bytes[2] & 0xff) + "." + (bytes[3] & 0xff);
    }

    /** The canonical text: the longest run of zero groups is left out. */
    private static String shortIpv6(byte[] bytes) {
        int bestStart = -1;
        int bestLength = 1;
        int[] groups = new int[8];
        for (int i = 0; i < 8; i++) {
            groups[i] = (bytes[2 * i] & 0xff) << 8 | (bytes[2 * i + 1] & 0xff);
        }
        for (int start = 0; start < 8; start++) {
            int length = 0;
            while (start + length < 8 && groups[start + length] == 0) {
                length++;
            }
            if (length > bestLength) {
                bestStart = start;
                bestLength = length;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i == bestStart) {
                text.append("::");
                i += bestLength - 1;
            } else {
                if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
                    text.append(':');
                }
                text.append(Integer.toHexString(groups[i]));
            }
        }
        return text.toString();
    }
}
