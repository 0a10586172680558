package io.kvorum.etcdctl.command;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.PutRequest;
import io.kvorum.etcdctl.session.Failure;
import io.kvorum.etcdctl.session.GoNumbers;
import io.kvorum.etcdctl.session.Session;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code put}: puts the given key into the store, its value from the arguments or from standard input. */
@Command(
        name = "put",
        customSynopsis = "put [options] <key> <value> (<value> can also be given from stdin)",
        description = "Puts the given key into the store")
final class PutCommand extends Act {
    private static final String COMPLAINT = "put command needs 1 argument and input from stdin or 2 arguments";

    @Option(
            names = "--ignore-lease",
            arity = "0..1",
            fallbackValue = "true",
            description = "updates the key using its current lease")
    private boolean ignoreLease;

    @Option(
            names = "--ignore-value",
            arity = "0..1",
            fallbackValue = "true",
            description = "updates the key using its current value")
    private boolean ignoreValue;

    @Option(names = "--lease", description = "lease ID (in hexadecimal) to attach to the key")
    private String lease = "0";

    @Option(
            names = "--prev-kv",
            arity = "0..1",
            fallbackValue = "true",
            description = "return the previous key-value pair before modification")
    private boolean previous;

    PutCommand(Session session) {
        super(session);
    }

    @Override
    void act() {
        PutRequest request = request();
        session.printer().put(session.write(channel -> kv(channel).put(request)));
    }

    PutRequest request() {
        demand(!arguments().isEmpty(), COMPLAINT);
        demand(!ignoreValue || arguments().size() == 1, "put command needs only 1 argument when 'ignore-value' is set");
        ByteString value = ignoreValue ? ByteString.EMPTY : value();
        return PutRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(argument(0)))
                .setValue(value)
                .setLease(leaseNumber())
                .setPrevKv(previous)
                .setIgnoreValue(ignoreValue)
                .setIgnoreLease(ignoreLease)
                .build();
    }

    private ByteString value() {
        if (arguments().size() > 1) {
            return ByteString.copyFromUtf8(argument(1));
        }
        try {
            ByteString value = ByteString.readFrom(session.in());
            demand(!value.isEmpty(), COMPLAINT);
            return value;
        } catch (IOException e) {
            throw Failure.badArguments(COMPLAINT);
        }
    }

    private long leaseNumber() {
        try {
            return GoNumbers.parseInt(lease, 16);
        } catch (GoNumbers.Malformed e) {
            throw Failure.badArguments("bad lease ID (%s), expecting ID in Hex".formatted(e.reason()));
        }
    }
}
