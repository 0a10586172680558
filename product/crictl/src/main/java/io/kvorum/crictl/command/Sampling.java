package io.kvorum.crictl.command;

import io.kvorum.cri.runtime.CpuUsage;
import io.kvorum.crictl.session.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Option;

/** The flags of what shows usage, and how use of the processor is measured: between two samples. */
final class Sampling {
    private static final Duration BETWEEN = Duration.ofMillis(500);
    private static final String CLEAR = "\u001b[2J\u001b[H";

    @Option(names = "--label", description = "Filter by key=value label")
    private List<String> labels = new ArrayList<>();

    @Option(
            names = {"-o", "--output"},
            description = "Output format, One of: json|yaml|table (default: table)")
    private String output = "";

    @Option(
            names = {"-s", "--seconds"},
            description = "Sample duration for CPU usage in seconds (default: 1)")
    private int seconds = 1;

    @Option(
            names = {"-w", "--watch"},
            description = "Watch pod resources")
    private boolean watch;

    /** One look at the usage of all. */
    interface Look {
        void take() throws InterruptedException;
    }

    void repeat(Session session, Look look) throws InterruptedException {
        look.take();
        while (watch) {
            Thread.sleep(BETWEEN);
            session.out().print(CLEAR);
            look.take();
            session.out().flush();
        }
    }

    Map<String, String> labels() {
        return Act.labels(labels);
    }

    String output() {
        return output;
    }

    void pause() throws InterruptedException {
        Thread.sleep(Duration.ofSeconds(seconds));
    }

    /** Percent of one core. */
    static String percent(CpuUsage before, CpuUsage after) {
        long nanoseconds = after.getTimestamp() - before.getTimestamp();
        long used = after.getUsageCoreNanoSeconds().getValue()
                - before.getUsageCoreNanoSeconds().getValue();
        double percent = nanoseconds <= 0 ? 0 : 100.0 * used / nanoseconds;
        return String.format(Locale.ROOT, "%.2f", percent);
    }
}
