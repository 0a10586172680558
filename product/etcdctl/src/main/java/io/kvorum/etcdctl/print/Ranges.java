package io.kvorum.etcdctl.print;

import com.google.protobuf.ByteString;

/** Keys and ranges of keys in words. */
public final class Ranges {
    private static final ByteString OPEN = ByteString.copyFrom(new byte[] {0});

    private Ranges() {}

    /** A permission's range as {@code role get} shows it. */
    static String text(ByteString key, ByteString end) {
        if (end.isEmpty()) {
            return key.toStringUtf8();
        }
        if (end.equals(OPEN)) {
            return "[%s, <open ended>".formatted(key.toStringUtf8());
        }
        String prefix = end.equals(prefixEnd(key)) ? " (prefix " + key.toStringUtf8() + ")" : "";
        return "[%s, %s)%s".formatted(key.toStringUtf8(), end.toStringUtf8(), prefix);
    }

    /** The first key behind all keys with this prefix; a zero byte stands for the end of all keys. */
    public static ByteString prefixEnd(ByteString prefix) {
        for (int i = prefix.size() - 1; i >= 0; i--) {
            if (prefix.byteAt(i) != (byte) 0xff) {
                byte[] end = prefix.substring(0, i + 1).toByteArray();
                end[i]++;
                return ByteString.copyFrom(end);
            }
        }
        return OPEN;
    }

    static String hex(ByteString bytes) {
        StringBuilder text = new StringBuilder();
        for (byte each : bytes) {
            text.append("\\x%02x".formatted(each & 0xff));
        }
        return text.toString();
    }
}
