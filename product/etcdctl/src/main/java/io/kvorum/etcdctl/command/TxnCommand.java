package io.kvorum.etcdctl.command;

import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import io.kvorum.etcdctl.session.Failure;
import io.kvorum.etcdctl.session.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The command {@code txn}: three blocks of lines (conditions, then, else), each ended by an empty line. */
@Command(
        name = "txn",
        customSynopsis = "txn [options]",
        description = "Txn processes all the requests in one transaction")
final class TxnCommand extends Act {
    @Option(
            names = {"-i", "--interactive"},
            arity = "0..1",
            fallbackValue = "true",
            description = "Input transaction in interactive mode")
    private boolean interactive;

    TxnCommand(Session session) {
        super(session);
    }

    @Override
    void act() {
        demand(arguments().isEmpty(), "txn command does not accept argument");
        InputLines lines = new InputLines(session.in());
        TxnRequest.Builder txn = TxnRequest.newBuilder();
        prompt("compares:");
        block(lines, ComparisonLine::parse).forEach(txn::addCompare);
        prompt("success requests (get, put, del):");
        block(lines, this::operation).forEach(txn::addSuccess);
        prompt("failure requests (get, put, del):");
        block(lines, this::operation).forEach(txn::addFailure);
        TxnRequest request = txn.build();
        session.printer().txn(session.write(channel -> kv(channel).txn(request)));
    }

    private void prompt(String text) {
        if (interactive) {
            session.out().println(text);
            session.out().flush();
        }
    }

    private static <T> List<T> block(InputLines lines, Function<String, T> parse) {
        List<T> parsed = new ArrayList<>();
        while (true) {
            String line = lines.next().orElseThrow(() -> new Failure(Failure.Code.INVALID_INPUT, "EOF"));
            if (line.strip().isEmpty()) {
                return parsed;
            }
            parsed.add(parse.apply(line.strip()));
        }
    }

    private RequestOp operation(String line) {
        List<String> words = Words.of(line);
        List<String> arguments = words.subList(1, words.size());
        RequestOp.Builder operation = RequestOp.newBuilder();
        switch (words.getFirst()) {
            case "put" ->
                operation.setRequestPut(
                        parsed(new PutCommand(session), arguments, line).request());
            case "get" ->
                operation.setRequestRange(
                        parsed(new GetCommand(session), arguments, line).request());
            case "del" ->
                operation.setRequestDeleteRange(
                        parsed(new DelCommand(session), arguments, line).request());
            default -> throw invalid(line);
        }
        return operation.build();
    }

    private static <T extends Act> T parsed(T act, List<String> arguments, String line) {
        try {
            CommandTree.asGoWould(new CommandLine(act)).parseArgs(arguments.toArray(String[]::new));
            return act;
        } catch (ParameterException e) {
            throw invalid(line);
        }
    }

    private static Failure invalid(String line) {
        return new Failure(Failure.Code.INVALID_INPUT, "invalid txn request: " + line);
    }
}
