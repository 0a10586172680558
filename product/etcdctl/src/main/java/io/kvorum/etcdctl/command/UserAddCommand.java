package io.kvorum.etcdctl.command;

import io.etcd.jetcd.api.AuthUserAddRequest;
import io.etcd.jetcd.api.UserAddOptions;
import io.kvorum.etcdctl.session.Session;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code user add}: adds a new user. */
@Command(
        name = "add",
        customSynopsis = "user add <user name or user:password> [options]",
        description = "Adds a new user")
final class UserAddCommand extends Act {

    @Option(
            names = "--interactive",
            arity = "0..1",
            fallbackValue = "true",
            description = "Ask for the password on the terminal")
    private boolean interactive = true;

    @Option(names = "--new-user-password", description = "Supply password from the command line flag")
    private String newPassword = "";

    @Option(
            names = "--no-password",
            arity = "0..1",
            fallbackValue = "true",
            description = "Create a user without password (CN based auth only)")
    private boolean noPassword;

    UserAddCommand(Session session) {
        super(session);
    }

    @Override
    void act() {
        demand(arguments().size() == 1, "user add command requires user name as its argument");
        int colon = argument(0).indexOf(':');
        boolean given = noPassword || !newPassword.isEmpty() || colon < 0;
        String name = given ? argument(0) : argument(0).substring(0, colon);
        demand(!name.isEmpty(), "empty user name is not allowed");
        AuthUserAddRequest.Builder request = AuthUserAddRequest.newBuilder().setName(name);
        if (noPassword) {
            request.setOptions(UserAddOptions.newBuilder().setNoPassword(true));
        } else if (!given) {
            request.setPassword(argument(0).substring(colon + 1));
        } else {
            request.setPassword(newPassword.isEmpty() ? NewPassword.ask(name, interactive, session) : newPassword);
        }
        session.printer()
                .done(
                        session.write(channel -> auth(channel).userAdd(request.build())),
                        "User %s created".formatted(name));
    }
}
