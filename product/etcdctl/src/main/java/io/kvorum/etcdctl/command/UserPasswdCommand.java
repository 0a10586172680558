package io.kvorum.etcdctl.command;

import io.etcd.jetcd.api.AuthUserChangePasswordRequest;
import io.kvorum.etcdctl.session.Session;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code user passwd}: changes password of user. */
@Command(
        name = "passwd",
        customSynopsis = "user passwd <user name> [options]",
        description = "Changes password of user")
final class UserPasswdCommand extends Act {

    @Option(
            names = "--interactive",
            arity = "0..1",
            fallbackValue = "true",
            description = "Ask for the password on the terminal")
    private boolean interactive = true;

    UserPasswdCommand(Session session) {
        super(session);
    }

    @Override
    void act() {
        demand(arguments().size() == 1, "user passwd command requires user name as its argument");
        AuthUserChangePasswordRequest request = AuthUserChangePasswordRequest.newBuilder()
                .setName(argument(0))
                .setPassword(NewPassword.ask(argument(0), interactive, session))
                .build();
        session.printer().done(session.write(channel -> auth(channel).userChangePassword(request)), "Password updated");
    }
}
