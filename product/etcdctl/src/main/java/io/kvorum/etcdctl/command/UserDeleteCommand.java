package io.kvorum.etcdctl.command;

import io.etcd.jetcd.api.AuthUserDeleteRequest;
import io.kvorum.etcdctl.session.Session;
import picocli.CommandLine.Command;

/** The command {@code user delete}: deletes a user. */
@Command(name = "delete", customSynopsis = "user delete <user name>", description = "Deletes a user")
final class UserDeleteCommand extends Act {
    UserDeleteCommand(Session session) {
        super(session);
    }

    @Override
    void act() {
        demand(arguments().size() == 1, "user delete command requires user name as its argument");
        AuthUserDeleteRequest request =
                AuthUserDeleteRequest.newBuilder().setName(argument(0)).build();
        session.printer()
                .done(
                        session.write(channel -> auth(channel).userDelete(request)),
                        "User %s deleted".formatted(argument(0)));
    }
}
