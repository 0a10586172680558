package io.kvorum.cli;

import io.kvorum.node.StartFailure;
import io.kvorum.node.config.ConfigurationProblems;
import io.kvorum.node.snapshots.SnapshotRefused;
import io.kvorum.pki.PkiException;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Says in a line what went wrong; a stack trace only for what nobody foresaw. */
final class FailureReport implements IExecutionExceptionHandler {
    private static final int FAILED = 1;
    private static final int USED_WRONGLY = 2;

    @Override
    public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) {
        PrintWriter err = command.getErr();
        String name = command.getCommandSpec().qualifiedName();
        switch (failure) {
            case ConfigurationProblems problems -> {
                problems.problems().forEach(problem -> err.println(name + ": " + problem));
                return USED_WRONGLY;
            }
            case StartFailure foreseen -> err.println(name + ": " + foreseen.getMessage());
            case SnapshotRefused foreseen -> err.println(name + ": " + foreseen.getMessage());
            case PkiException foreseen -> err.println(name + ": " + foreseen.getMessage());
            default -> {
                err.println(name + ": " + failure);
                failure.printStackTrace(err);
            }
        }
        return FAILED;
    }
}
