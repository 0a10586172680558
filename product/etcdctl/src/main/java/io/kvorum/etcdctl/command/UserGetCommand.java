package io.kvorum.etcdctl.command;

import io.etcd.jetcd.api.AuthRoleGetRequest;
import io.etcd.jetcd.api.AuthUserGetRequest;
import io.etcd.jetcd.api.AuthUserGetResponse;
import io.kvorum.etcdctl.print.Printer;
import io.kvorum.etcdctl.session.Session;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code user get}: gets detailed information of a user. */
@Command(
        name = "get",
        customSynopsis = "user get <user name> [options]",
        description = "Gets detailed information of a user")
final class UserGetCommand extends Act {

    @Option(
            names = "--detail",
            arity = "0..1",
            fallbackValue = "true",
            description = "Show permissions of roles granted to the user")
    private boolean detail;

    UserGetCommand(Session session) {
        super(session);
    }

    @Override
    void act() {
        demand(arguments().size() == 1, "user get command requires user name as its argument");
        AuthUserGetRequest request =
                AuthUserGetRequest.newBuilder().setName(argument(0)).build();
        Printer printer = session.printer();
        AuthUserGetResponse answer = session.read(channel -> auth(channel).userGet(request));
        if (!detail) {
            printer.user(argument(0), answer);
            return;
        }
        demand(printer.simple(), "--detail is only for the simple output format");
        session.out().println("User: " + argument(0));
        for (String role : answer.getRolesList()) {
            session.out().println();
            AuthRoleGetRequest of =
                    AuthRoleGetRequest.newBuilder().setRole(role).build();
            printer.role(role, session.read(channel -> auth(channel).roleGet(of)));
        }
    }
}
