package io.kvorum.crictl.command;

import io.kvorum.crictl.session.Failure;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Regular expressions that users give. */
final class Patterns {
    private Patterns() {}

    static Pattern of(String text) {
        try {
            return Pattern.compile(text);
        } catch (PatternSyntaxException malformed) {
            throw new Failure("invalid regular expression \"%s\": %s".formatted(text, malformed.getDescription()));
        }
    }
}
