package io.kvorum.cli;

import io.kvorum.node.Prerequisites;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code check-config}: says whether this machine can run pods. */
@Command(
        name = "check-config",
        mixinStandardHelpOptions = true,
        description = "Check that this machine has what a node needs.")
final class CheckConfigCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        List<Prerequisites.Finding> findings = Prerequisites.check();
        findings.forEach(finding ->
                out.printf("%-8s %-24s %s%n", finding.isMet() ? "ok" : "missing", finding.what(), finding.detail()));
        return findings.stream().allMatch(Prerequisites.Finding::isMet) ? 0 : 1;
    }
}
