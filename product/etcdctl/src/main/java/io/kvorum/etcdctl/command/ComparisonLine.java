package io.kvorum.etcdctl.command;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.Compare;
import io.kvorum.etcdctl.session.Failure;
import io.kvorum.etcdctl.session.GoNumbers;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One condition of a transaction: {@code target("key") operator "value"}. */
final class ComparisonLine {
    private static final String QUOTED = "(\"(?:[^\"\\\\]|\\\\.)*\")";
    private static final Pattern REST = Pattern.compile(QUOTED + "\\)\\s*(\\S+?)\\s*" + QUOTED + ".*");

    private ComparisonLine() {}

    static Compare parse(String line) {
        int parenthesis = line.indexOf('(');
        if (parenthesis < 0) {
            throw invalid("malformed comparison: " + line);
        }
        Matcher rest = REST.matcher(line.substring(parenthesis + 1));
        if (!rest.matches()) {
            throw invalid("malformed comparison: " + line);
        }
        Compare.Builder compare = Compare.newBuilder()
                .setKey(ByteString.copyFromUtf8(plain(rest.group(1))))
                .setResult(operator(rest.group(2), line));
        String target = line.substring(0, parenthesis);
        String value = plain(rest.group(3));
        return switch (target) {
            case "ver", "version" ->
                compare.setTarget(Compare.CompareTarget.VERSION)
                        .setVersion(number(value, 10, line))
                        .build();
            case "c", "create" ->
                compare.setTarget(Compare.CompareTarget.CREATE)
                        .setCreateRevision(number(value, 10, line))
                        .build();
            case "m", "mod" ->
                compare.setTarget(Compare.CompareTarget.MOD)
                        .setModRevision(number(value, 10, line))
                        .build();
            case "val", "value" ->
                compare.setTarget(Compare.CompareTarget.VALUE)
                        .setValue(ByteString.copyFromUtf8(value))
                        .build();
            case "lease" ->
                compare.setTarget(Compare.CompareTarget.LEASE)
                        .setLease(number(value, 16, line))
                        .build();
            default -> throw invalid("malformed comparison: %s (unknown target %s)".formatted(line, target));
        };
    }

    private static Compare.CompareResult operator(String operator, String line) {
        return switch (operator) {
            case "=" -> Compare.CompareResult.EQUAL;
            case "!=" -> Compare.CompareResult.NOT_EQUAL;
            case ">" -> Compare.CompareResult.GREATER;
            case "<" -> Compare.CompareResult.LESS;
            default -> throw invalid("malformed comparison: %s (unknown operator %s)".formatted(line, operator));
        };
    }

    private static String plain(String quoted) {
        return Words.unescape(quoted.substring(1, quoted.length() - 1));
    }

    private static long number(String text, int radix, String line) {
        try {
            return GoNumbers.parseInt(text, radix);
        } catch (GoNumbers.Malformed e) {
            throw invalid("invalid txn compare request: " + line);
        }
    }

    private static Failure invalid(String message) {
        return new Failure(Failure.Code.INVALID_INPUT, message);
    }
}
