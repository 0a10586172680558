package io.kvorum.etcdctl.command;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.RangeRequest;
import io.grpc.StatusException;
import io.kvorum.etcdctl.session.Failure;
import io.kvorum.etcdctl.session.Session;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code lock}: holds a lock until interrupted, which is no failure, or while a command runs. */
@Command(
        name = "lock",
        customSynopsis = "lock <lockname> [exec-command arg1 arg2 ...]",
        description = "Acquires a named lock")
final class LockCommand extends Act {
    @Option(names = "--ttl", description = "timeout for session")
    private long seconds = 10;

    LockCommand(Session session) {
        super(session);
    }

    @Override
    void act() throws StatusException, InterruptedException {
        demand(!arguments().isEmpty(), "lock takes a lock name argument and an optional command to execute");
        List<String> command = arguments().subList(1, arguments().size());
        try (Tenancy tenancy = new Tenancy(this, argument(0), seconds)) {
            try {
                tenancy.await(ByteString.EMPTY);
                if (command.isEmpty()) {
                    hold(tenancy);
                } else {
                    execute(command, tenancy);
                }
            } catch (InterruptedException e) {
                if (tenancy.lost()) {
                    throw Failure.error("session expired");
                }
            }
        }
    }

    private void hold(Tenancy tenancy) throws InterruptedException {
        RangeRequest own = RangeRequest.newBuilder().setKey(tenancy.key()).build();
        session.printer().range(session.read(channel -> kv(channel).range(own)), false);
        session.out().flush();
        new CountDownLatch(1).await();
    }

    private void execute(List<String> command, Tenancy tenancy) throws InterruptedException {
        int exitCode = Executed.run(
                command,
                Map.of(
                        "ETCD_LOCK_KEY", tenancy.key().toStringUtf8(),
                        "ETCD_LOCK_REV", String.valueOf(tenancy.revision())),
                session);
        if (exitCode != 0) {
            throw Failure.error("exit status " + exitCode);
        }
    }
}
