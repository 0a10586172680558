package io.kvorum.etcdctl.command;

import io.kvorum.etcdctl.session.Failure;
import io.kvorum.etcdctl.session.PasswordPrompt;
import io.kvorum.etcdctl.session.Session;

/** A user's new password: typed twice, or one line of standard input. */
final class NewPassword {
    private NewPassword() {}

    static String ask(String user, boolean interactive, Session session) {
        if (!interactive) {
            return PasswordPrompt.readLine(session.in());
        }
        String first = PasswordPrompt.ask("Password of " + user + ": ", session.in(), session.err());
        if (first.isEmpty()) {
            throw Failure.badArguments("empty password");
        }
        String second = PasswordPrompt.ask(
                "Type password of " + user + " again for confirmation: ", session.in(), session.err());
        if (!first.equals(second)) {
            throw Failure.badArguments("given passwords are different");
        }
        return first;
    }
}
