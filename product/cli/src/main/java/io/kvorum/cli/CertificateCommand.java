package io.kvorum.cli;

import io.kvorum.node.StartFailure;
import io.kvorum.pki.CertificateReport;
import io.kvorum.pki.CertificateReport.Line;
import io.kvorum.pki.CertificateReport.Standing;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code certificate}: how long this node's certificates live, and new ones before their time. */
@Command(
        name = "certificate",
        mixinStandardHelpOptions = true,
        description = "Check this node's certificates, or have them made anew.",
        subcommands = {
            CertificateCommand.Check.class,
            CertificateCommand.Rotate.class,
            CertificateRotateCaCommand.class,
            CertificateTrustCommand.class
        })
final class CertificateCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    /** What both sub-commands are told. */
    static final class Choice {
        @Option(
                names = {"-d", "--data-dir"},
                defaultValue = "${env:K3S_DATA_DIR:-/var/lib/rancher/k3s}",
                description = "folder that holds the node's state (default: ${DEFAULT-VALUE})")
        private Path dataFolder;

        @Option(
                names = {"-s", "--service"},
                split = ",",
                description = "only these services, such as etcd or kubelet; may be repeated")
        private List<String> services = new ArrayList<>();

        CertificateReport report() {
            if (!Files.isDirectory(dataFolder)) {
                throw new StartFailure(
                        "there is no folder %s: no server or agent has run here, or --data-dir is missing"
                                .formatted(dataFolder));
            }
            return new CertificateReport(dataFolder);
        }
    }

    private static <T> T orWrongUse(CommandSpec spec, java.util.function.Supplier<T> work) {
        try {
            return work.get();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()));
        }
    }

    /** {@code certificate check}: exit code 1 when something has ended. */
    @Command(
            name = "check",
            mixinStandardHelpOptions = true,
            description = "Show when certificates end; exit code 1 when one has.")
    static final class Check implements Callable<Integer> {
        private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern(
                        "MMM dd, yyyy HH:mm 'UTC'", Locale.ROOT)
                .withZone(ZoneOffset.UTC);

        enum Output {
            text,
            table,
            json,
            yaml
        }

        @Spec
        private CommandSpec spec;

        @picocli.CommandLine.Mixin
        private Choice choice = new Choice();

        @Option(
                names = {"-o", "--output"},
                defaultValue = "text",
                description = "text, table, json or yaml (default: text)")
        private Output output = Output.text;

        @Override
        public Integer call() {
            Instant now = InstantSource.system().instant();
            List<Line> lines = orWrongUse(spec, () -> choice.report().lines(choice.services, now));
            PrintWriter out = spec.commandLine().getOut();
            switch (output) {
                case text -> lines.forEach(line -> out.println(sentence(line)));
                case table -> table(lines, now, out);
                case json -> out.println(DocumentFormat.JSON.text(document(lines, now)));
                case yaml -> out.println(DocumentFormat.YAML.text(document(lines, now)));
            }
            out.flush();
            return lines.stream().anyMatch(line -> line.standing() == Standing.EXPIRED) ? 1 : 0;
        }

        private static String sentence(Line line) {
            return "%s/%s: certificate %s (%s) %s %s"
                    .formatted(
                            line.folder(),
                            line.file(),
                            line.subject(),
                            String.join(",", line.usages()),
                            switch (line.standing()) {
                                case OK -> "is ok, expires at";
                                case WARNING -> "will be renewed soon, expires at";
                                case EXPIRED -> "has expired at";
                                case NOT_YET_VALID -> "is not valid yet, expires at";
                            },
                            line.ends());
        }

        private static void table(List<Line> lines, Instant now, PrintWriter out) {
            List<List<String>> rows = new ArrayList<>();
            rows.add(List.of("FILENAME", "SUBJECT", "USAGES", "EXPIRES", "RESIDUAL TIME", "STATUS"));
            rows.add(List.of("--------", "-------", "------", "-------", "-------------", "------"));
            for (Line line : lines) {
                rows.add(List.of(
                        line.file(),
                        line.subject(),
                        String.join(",", line.usages()),
                        DATE.format(line.ends()),
                        residual(Duration.between(now, line.ends())),
                        status(line)));
            }
            out.println();
            for (List<String> row : rows) {
                StringBuilder text = new StringBuilder();
                for (int column = 0; column < row.size(); column++) {
                    int at = column;
                    int width = rows.stream()
                            .mapToInt(each -> each.get(at).length())
                            .max()
                            .orElse(0);
                    text.append(column + 1 < row.size() ? pad(row.get(column), width + 3) : row.get(column));
                }
                out.println(text);
            }
        }

        private static String pad(String text, int width) {
            return text + " ".repeat(width - text.length());
        }

        private static String status(Line line) {
            return line.standing().name().replace('_', ' ');
        }

        private static String residual(Duration left) {
            if (left.isNegative()) {
                return "none";
            }
            long days = left.plusHours(1).toDays();
            if (days >= 365) {
                return count(days / 365, "year");
            }
            return days > 0 ? count(days, "day") : count(left.toHours(), "hour");
        }

        private static String count(long number, String unit) {
            return number + " " + unit + (number == 1 ? "" : "s");
        }

        private static ArrayNode document(List<Line> lines, Instant now) {
            ArrayNode all = JsonMapper.shared().createArrayNode();
            for (Line line : lines) {
                ObjectNode entry = all.addObject();
                entry.put("filename", line.folder().resolve(line.file()).toString());
                entry.put("subject", line.subject());
                ArrayNode usages = entry.putArray("usages");
                line.usages().forEach(usages::add);
                entry.put("expires", line.ends().toString());
                entry.put("residualSeconds", Duration.between(now, line.ends()).toSeconds());
                entry.put("status", status(line));
            }
            return all;
        }
    }

    /** {@code certificate rotate}: puts the leaves aside, so that new ones are made. */
    @Command(
            name = "rotate",
            mixinStandardHelpOptions = true,
            description = {
                "Put certificates aside, so that new ones are made: by a running server within a minute",
                "and without a restart, else at the next start. Authorities stay."
            })
    static final class Rotate implements Callable<Integer> {
        @Spec
        private CommandSpec spec;

        @picocli.CommandLine.Mixin
        private Choice choice = new Choice();

        @Override
        public Integer call() throws IOException {
            List<Path> files = orWrongUse(spec, () -> choice.report().present(choice.services));
            PrintWriter out = spec.commandLine().getOut();
            if (files.isEmpty()) {
                throw new StartFailure("there are no such certificates below " + choice.dataFolder);
            }
            long now = InstantSource.system().instant().getEpochSecond();
            for (Path file : files) {
                Path aside = asideFolder(file, now);
                Files.createDirectories(aside);
                String name = file.getFileName().toString().replaceAll("\\.crt$", "");
                // the key last: whoever looks in between finds a pair that does not fit, and makes a new one
                Files.move(file, aside.resolve(name + ".crt"));
                Path key = file.resolveSibling(name + ".key");
                if (Files.exists(key)) {
                    Files.move(key, aside.resolve(name + ".key"));
                }
                out.println("put aside " + file);
            }
            out.println("new certificates are made within a minute if this node runs, else when it starts;"
                    + " copies of the admin kubeconfig elsewhere must be renewed by hand");
            out.flush();
            return 0;
        }

        /** {@code server/tls-<unix>} beside {@code server/tls}, {@code agent/tls-<unix>} in {@code agent}. */
        private Path asideFolder(Path file, long now) {
            Path tls = choice.dataFolder.resolve("server/tls");
            boolean isServers = file.startsWith(tls);
            Path folder = choice.dataFolder.resolve((isServers ? "server" : "agent") + "/tls-" + now);
            Path below = isServers ? tls.relativize(file).getParent() : null;
            return below == null ? folder : folder.resolve(below);
        }
    }
}
