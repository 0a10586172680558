package io.kvorum.etcdctl.command;

import io.etcd.jetcd.api.RangeRequest;
import io.kvorum.etcdctl.print.Printer;
import io.kvorum.etcdctl.session.Failure;
import io.kvorum.etcdctl.session.Session;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code get}: gets the key or a range of keys. */
@Command(
        name = "get",
        customSynopsis = "get [options] <key> [range_end]",
        description = "Gets the key or a range of keys")
final class GetCommand extends Act {
    @Option(names = "--consistency", description = "Linearizable(l) or Serializable(s)")
    private String consistency = "l";

    @Option(names = "--count-only", arity = "0..1", fallbackValue = "true", description = "Get only the count")
    private boolean countOnly;

    @Option(
            names = "--from-key",
            arity = "0..1",
            fallbackValue = "true",
            description = "Get keys that are greater than or equal to the given key")
    private boolean fromKey;

    @Option(names = "--keys-only", arity = "0..1", fallbackValue = "true", description = "Get only the keys")
    private boolean keysOnly;

    @Option(names = "--limit", description = "Maximum number of results")
    private long limit;

    @Option(names = "--order", description = "Order of results; ASCEND or DESCEND (ASCEND by default)")
    private String order = "";

    @Option(names = "--prefix", arity = "0..1", fallbackValue = "true", description = "Get keys with matching prefix")
    private boolean prefix;

    @Option(
            names = "--print-value-only",
            arity = "0..1",
            fallbackValue = "true",
            description = "Only write values when using the \"simple\" output format")
    private boolean valuesOnly;

    @Option(names = "--rev", description = "Specify the kv revision")
    private long revision;

    @Option(names = "--sort-by", description = "Sort target; CREATE, KEY, MODIFY, VALUE, or VERSION")
    private String sortBy = "";

    GetCommand(Session session) {
        super(session);
    }

    @Override
    void act() {
        RangeRequest request = request();
        Printer printer = session.printer();
        demand(!valuesOnly || printer.simple(), "print-value-only is only for `--write-out=simple`");
        demand(
                !countOnly || session.flags().writeOut().equals("fields"),
                "--count-only is only for `--write-out=fields`");
        printer.range(session.read(channel -> kv(channel).range(request)), valuesOnly);
    }

    RangeRequest request() {
        demand(!(keysOnly && countOnly), "`--keys-only` and `--count-only` cannot be set at the same time, choose one");
        Span span = Span.of(arguments(), prefix, fromKey, "get");
        return RangeRequest.newBuilder()
                .setKey(span.key())
                .setRangeEnd(span.end())
                .setLimit(limit)
                .setRevision(revision)
                .setKeysOnly(keysOnly)
                .setCountOnly(countOnly)
                .setSerializable(serializable())
                .setSortOrder(sortOrder())
                .setSortTarget(sortTarget())
                .build();
    }

    private boolean serializable() {
        return switch (consistency) {
            case "s" -> true;
            case "l" -> false;
            default -> throw badFeature("unknown consistency flag \"%s\"".formatted(consistency));
        };
    }

    /** A target without an order means ascending. */
    private RangeRequest.SortOrder sortOrder() {
        return switch (order.toUpperCase(Locale.ROOT)) {
            case "ASCEND" -> RangeRequest.SortOrder.ASCEND;
            case "DESCEND" -> RangeRequest.SortOrder.DESCEND;
            case "" -> sortBy.isEmpty() ? RangeRequest.SortOrder.NONE : RangeRequest.SortOrder.ASCEND;
            default -> throw badFeature("bad sort order " + order);
        };
    }

    private RangeRequest.SortTarget sortTarget() {
        return switch (sortBy.toUpperCase(Locale.ROOT)) {
            case "CREATE" -> RangeRequest.SortTarget.CREATE;
            case "KEY", "" -> RangeRequest.SortTarget.KEY;
            case "MODIFY" -> RangeRequest.SortTarget.MOD;
            case "VALUE" -> RangeRequest.SortTarget.VALUE;
            case "VERSION" -> RangeRequest.SortTarget.VERSION;
            default -> throw badFeature("bad sort target " + sortBy);
        };
    }

    private static Failure badFeature(String complaint) {
        return new Failure(Failure.Code.BAD_FEATURE, complaint);
    }
}
