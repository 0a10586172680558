package io.kvorum.controllers.nodeipam;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/** An address range such as {@code 10.42.0.0/16}, cut into equal smaller ones. Pure. */
record CidrRange(String text, int bits, int length) {
    static CidrRange parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0 || !text.substring(0, slash).matches("[0-9a-fA-F:.]+")) {
            throw new IllegalArgumentException("expected a range such as 10.42.0.0/16, found " + text);
        }
        int bits = address(text.substring(0, slash)).length * 8;
        return new CidrRange(text, bits, Integer.parseInt(text.substring(slash + 1)));
    }

    boolean isIpv6() {
        return bits == 128;
    }

    /** How many ranges of the longer prefix fit in, at most 65536. */
    int count(int prefix) {
        return 1 << Math.min(16, Math.max(0, prefix - length));
    }

    /** The n-th range of the longer prefix. */
    String part(int number, int prefix) {
        BigInteger first = new BigInteger(1, address(text.substring(0, text.indexOf('/'))));
        BigInteger base = first.shiftRight(bits - length).shiftLeft(bits - length);
        BigInteger part = base.add(BigInteger.valueOf(number).shiftLeft(bits - prefix));
        byte[] magnitude = part.toByteArray();
        byte[] bytes = new byte[bits / 8];
        int take = Math.min(magnitude.length, bytes.length);
        System.arraycopy(magnitude, magnitude.length - take, bytes, bytes.length - take, take);
        try {
            return shortened(InetAddress.getByAddress(bytes)) + "/" + prefix;
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address has 4 or 16 bytes, not " + Arrays.toString(bytes), e);
        }
    }

    private static byte[] address(String literal) {
        try {
            return InetAddress.ofLiteral(literal).getAddress();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("expected an address, found " + literal, e);
        }
    }

    /** The longest run of zero groups becomes a double colon, as everyone writes it. */
    private static String shortened(InetAddress address) {
        String plain = address.getHostAddress();
        return plain.contains(":") ? plain.replaceFirst("(^|:)0(:0)+(:|$)", "::") : plain;
    }
}
