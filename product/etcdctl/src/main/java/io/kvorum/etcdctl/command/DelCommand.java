package io.kvorum.etcdctl.command;

import io.etcd.jetcd.api.DeleteRangeRequest;
import io.kvorum.etcdctl.session.Session;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code del}: removes the key or the range of keys. */
@Command(
        name = "del",
        customSynopsis = "del [options] <key> [range_end]",
        description = "Removes the specified key or range of keys [key, range_end)")
final class DelCommand extends Act {
    @Option(
            names = "--from-key",
            arity = "0..1",
            fallbackValue = "true",
            description = "delete keys that are greater than or equal to the given key")
    private boolean fromKey;

    @Option(
            names = "--prefix",
            arity = "0..1",
            fallbackValue = "true",
            description = "delete keys with matching prefix")
    private boolean prefix;

    @Option(names = "--prev-kv", arity = "0..1", fallbackValue = "true", description = "return deleted key-value pairs")
    private boolean previous;

    DelCommand(Session session) {
        super(session);
    }

    @Override
    void act() {
        DeleteRangeRequest request = request();
        session.printer().delete(session.write(channel -> kv(channel).deleteRange(request)));
    }

    DeleteRangeRequest request() {
        demand(arguments().size() <= 2, "del command needs one argument as key and an optional argument as range_end");
        Span span = Span.of(arguments(), prefix, fromKey, "del");
        return DeleteRangeRequest.newBuilder()
                .setKey(span.key())
                .setRangeEnd(span.end())
                .setPrevKv(previous)
                .build();
    }
}
