package io.kvorum.etcdctl.command;

import io.kvorum.etcdctl.session.GoNumbers;
import java.util.List;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What was wrong with the arguments, in the words of etcd's command line. */
final class FlagErrors {
    private FlagErrors() {}

    static String text(ParameterException failure) {
        return switch (failure) {
            case UnmatchedArgumentException unmatched -> unmatched(unmatched.getUnmatched());
            case MissingParameterException missing
            when missing.getMissing().getFirst() instanceof OptionSpec option ->
                "flag needs an argument: " + option.longestName();
            default -> malformed(failure);
        };
    }

    private static String unmatched(List<String> unmatched) {
        String first = unmatched.getFirst();
        if (first.startsWith("--")) {
            int equals = first.indexOf('=');
            return "unknown flag: " + (equals < 0 ? first : first.substring(0, equals));
        }
        if (first.startsWith("-") && first.length() > 1) {
            return "unknown shorthand flag: '%s' in %s".formatted(first.charAt(1), first);
        }
        return "unknown command \"%s\" for \"etcdctl\"".formatted(first);
    }

    private static String malformed(ParameterException failure) {
        String reason = failure.getCause() instanceof GoNumbers.Malformed malformed
                ? malformed.reason()
                : String.valueOf(failure.getMessage());
        if (failure.getArgSpec() instanceof OptionSpec option) {
            return "invalid argument \"%s\" for \"%s\" flag: %s"
                    .formatted(failure.getValue(), String.join(", ", option.names()), reason);
        }
        return reason;
    }
}
