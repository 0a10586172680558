package io.kvorum.crictl.command;

import java.util.List;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What was wrong with the arguments. */
final class FlagErrors {
    private FlagErrors() {}

    static String text(ParameterException failure) {
        return switch (failure) {
            case UnmatchedArgumentException unmatched -> unmatched(unmatched.getUnmatched());
            case MissingParameterException missing
            when missing.getMissing().getFirst() instanceof OptionSpec option ->
                "flag needs an argument: " + option.longestName();
            default -> String.valueOf(failure.getMessage());
        };
    }

    private static String unmatched(List<String> unmatched) {
        String first = unmatched.getFirst();
        return first.startsWith("-")
                ? "flag provided but not defined: " + first
                : "there is no command \"%s\"".formatted(first);
    }
}
