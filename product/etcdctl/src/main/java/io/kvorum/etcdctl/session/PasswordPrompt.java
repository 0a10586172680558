package io.kvorum.etcdctl.session;

import io.kvorum.etcdctl.wire.Credentials;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** Passwords from flags, from the terminal, or from standard input where there is no terminal. */
public final class PasswordPrompt {
    private PasswordPrompt() {}

    static Credentials credentials(GlobalFlags flags, InputStream in, PrintStream err) {
        String user = flags.user();
        if (user.isEmpty()) {
            return Credentials.NONE;
        }
        if (!flags.password().isEmpty()) {
            return new Credentials(user, flags.password());
        }
        int colon = user.indexOf(':');
        if (colon >= 0) {
            return new Credentials(user.substring(0, colon), user.substring(colon + 1));
        }
        return new Credentials(user, ask("Password: ", in, err));
    }

    /** Asks without echo on a terminal; without one, the next line of standard input is the answer. */
    public static String ask(String prompt, InputStream in, PrintStream err) {
        Console console = in.equals(System.in) ? System.console() : null;
        if (console != null && console.isTerminal()) {
            char[] typed = console.readPassword("%s", prompt);
            return typed == null ? "" : new String(typed);
        }
        err.print(prompt);
        err.flush();
        String line = readLine(in);
        err.println();
        return line;
    }

    /** One line, read byte by byte so that what follows stays in the stream. */
    public static String readLine(InputStream in) {
        try {
            var line = new java.io.ByteArrayOutputStream();
            for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
                line.write(next);
            }
            return line.toString(StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new Failure(Failure.Code.IO, "cannot read standard input: " + e.getMessage());
        }
    }
}
