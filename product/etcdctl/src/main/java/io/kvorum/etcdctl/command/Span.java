package io.kvorum.etcdctl.command;

import com.google.protobuf.ByteString;
import io.kvorum.etcdctl.print.Ranges;
import io.kvorum.etcdctl.session.Failure;
import java.util.List;

/** One key or a range of keys as etcd's requests want it; an empty end means the one key. */
record Span(ByteString key, ByteString end) {
    private static final ByteString ZERO = ByteString.copyFrom(new byte[] {0});

    static Span prefix(ByteString key) {
        return key.isEmpty() ? new Span(ZERO, ZERO) : new Span(key, Ranges.prefixEnd(key));
    }

    static Span fromKey(ByteString key) {
        return new Span(key.isEmpty() ? ZERO : key, ZERO);
    }

    /** The arguments of {@code get} and {@code del}: a key and perhaps an end. */
    static Span of(List<String> arguments, boolean prefix, boolean fromKey, String command) {
        Act.demand(!(prefix && fromKey), "`--prefix` and `--from-key` cannot be set at the same time, choose one");
        Act.demand(
                !arguments.isEmpty(),
                command + " command needs one argument as key and an optional argument as range_end");
        ByteString key = ByteString.copyFromUtf8(arguments.getFirst());
        if (prefix || fromKey) {
            Act.demand(
                    arguments.size() == 1,
                    "too many arguments, only accept one argument when `--prefix` or `--from-key` is set");
            return prefix ? prefix(key) : fromKey(key);
        }
        return new Span(key, arguments.size() > 1 ? ByteString.copyFromUtf8(arguments.get(1)) : ByteString.EMPTY);
    }

    /** The arguments of a role's permission. */
    static Span permission(List<String> arguments, boolean prefix, boolean fromKey) {
        if (prefix && fromKey) {
            throw Failure.badArguments("--from-key and --prefix flags are mutually exclusive");
        }
        ByteString key = ByteString.copyFromUtf8(arguments.getFirst());
        if (prefix || fromKey) {
            String flag = prefix ? "--prefix" : "--from-key";
            Act.demand(arguments.size() == 1, "unexpected endkey argument with " + flag + " flag");
            return prefix ? prefix(key) : fromKey(key);
        }
        return new Span(key, arguments.size() > 1 ? ByteString.copyFromUtf8(arguments.get(1)) : ByteString.EMPTY);
    }
}
