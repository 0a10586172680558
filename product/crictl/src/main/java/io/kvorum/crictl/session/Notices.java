package io.kvorum.crictl.session;

import java.io.PrintStream;

/** What is said beside the answer, on standard error, each line with its level as crictl's users know it. */
public final class Notices {
    private final PrintStream err;

    public Notices(PrintStream err) {
        this.err = err;
    }

    public void error(String text) {
        say("ERRO", text);
    }

    public void warning(String text) {
        say("WARN", text);
    }

    public void information(String text) {
        say("INFO", text);
    }

    public void detail(String text) {
        say("DEBU", text);
    }

    private void say(String level, String text) {
        if (!text.isEmpty()) {
            err.println(level + "[0000] " + text);
        }
    }
}
