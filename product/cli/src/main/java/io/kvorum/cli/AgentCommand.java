package io.kvorum.cli;

import io.kvorum.node.StartFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** {@code agent}: a node without a control plane. */
@Command(name = "agent", description = "Run a node agent that joins a server (not in this version).")
final class AgentCommand implements Callable<Integer> {
    @Unmatched
    @SuppressWarnings("UnusedVariable") // lets flags pass, so that the message below is the one shown
    private List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() {
        throw new StartFailure("this version runs one server alone; agents come with joining");
    }
}
