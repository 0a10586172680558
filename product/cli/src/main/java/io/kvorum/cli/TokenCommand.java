package io.kvorum.cli;

import io.kvorum.node.Logging;
import io.kvorum.node.config.GoDuration;
import io.kvorum.node.token.BootstrapToken;
import io.kvorum.node.token.TokenAdmin;
import io.kvorum.pki.ServerToken;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code token}: what nodes show to join. */
@Command(
        name = "token",
        mixinStandardHelpOptions = true,
        description = "Make, list and delete join tokens.",
        subcommands = {
            TokenCommand.Create.class,
            TokenCommand.Delete.class,
            TokenCommand.Generate.class,
            TokenCommand.Listing.class,
            TokenCommand.Rotate.class
        })
final class TokenCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    /** Where the server of this machine is. */
    static final class Where {
        @Option(
                names = {"--data-dir", "-d"},
                defaultValue = "${env:K3S_DATA_DIR:-/var/lib/rancher/k3s}",
                description = "Folder that holds the server's state (default ${DEFAULT-VALUE})")
        private Path dataDir;

        @Option(
                names = {"--server", "-s"},
                defaultValue = "${env:K3S_URL:-https://127.0.0.1:6443}",
                description = "Server to ask (default ${DEFAULT-VALUE})")
        private URI server;

        @Option(
                names = "--kubeconfig",
                description = "Ask its server, as its user (default: this machine's server, as its administrator)")
        private @Nullable Path kubeconfig;

        TokenAdmin open() {
            Logging.start(false);
            Path serverFolder = dataDir.resolve("server");
            return kubeconfig == null ? new TokenAdmin(serverFolder, server) : new TokenAdmin(serverFolder, kubeconfig);
        }
    }

    /** {@code token create}: lets agents in for a time. */
    @Command(name = "create", mixinStandardHelpOptions = true, description = "Make a token by which agents may join.")
    static final class Create implements Callable<Integer> {
        @Spec
        private CommandSpec spec;

        @Mixin
        private Where where;

        @Option(names = "--description", defaultValue = "", description = "What it is for")
        private String description;

        @Option(
                names = "--groups",
                split = ",",
                defaultValue = "system:bootstrappers:k3s:default-node-token",
                description = "Groups that who shows it belongs to")
        private List<String> groups = new ArrayList<>();

        @Option(
                names = "--usages",
                split = ",",
                defaultValue = "signing,authentication",
                description = "What it may be used for")
        private List<String> usages = new ArrayList<>();

        @Option(
                names = "--ttl",
                defaultValue = "24h0m0s",
                description = "How long it is good for; 0 for ever (default 24h)")
        private String ttl;

        @Parameters(arity = "0..1", description = "<6 letters or digits>.<16 letters or digits>; made up if not given")
        private @Nullable String token;

        @Override
        public Integer call() {
            Duration life = ttl.equals("0") ? Duration.ZERO : GoDuration.parse(ttl);
            try (TokenAdmin admin = where.open()) {
                spec.commandLine().getOut().println(admin.create(token, description, usages, groups, life));
            }
            return 0;
        }
    }

    /** {@code token delete}: ends tokens. */
    @Command(name = "delete", mixinStandardHelpOptions = true, description = "Delete tokens by their ids.")
    static final class Delete implements Callable<Integer> {
        @Spec
        private CommandSpec spec;

        @Mixin
        private Where where;

        @Parameters(arity = "1..*", description = "Ids, or whole tokens")
        private List<String> tokens = new ArrayList<>();

        @Override
        public Integer call() {
            try (TokenAdmin admin = where.open()) {
                for (String token : tokens) {
                    admin.delete(token);
                    spec.commandLine()
                            .getOut()
                            .printf(
                                    "bootstrap token \"%s\" deleted%n",
                                    token.substring(0, Math.min(6, token.length())));
                }
            }
            return 0;
        }
    }

    /** {@code token generate}: what {@code create} takes. */
    @Command(
            name = "generate",
            mixinStandardHelpOptions = true,
            description = "Print a random token, which lets nobody in before it is created with `token create`.")
    static final class Generate implements Callable<Integer> {
        @Spec
        private CommandSpec spec;

        @SuppressWarnings("UnusedVariable") // K3s's command takes its flags, and asks no server either
        @Mixin
        private Where where;

        @Override
        public Integer call() {
            spec.commandLine().getOut().println(TokenAdmin.generate());
            return 0;
        }
    }

    /** {@code token list}: the tokens that are good now. */
    @Command(name = "list", mixinStandardHelpOptions = true, description = "List the tokens by which agents may join.")
    static final class Listing implements Callable<Integer> {
        @Spec
        private CommandSpec spec;

        enum Output {
            text,
            json
        }

        @Mixin
        private Where where;

        @Option(
                names = {"-o", "--output"},
                defaultValue = "text",
                description = "text or json (default: text)")
        private Output output = Output.text;

        @Override
        public Integer call() {
            PrintWriter out = spec.commandLine().getOut();
            try (TokenAdmin admin = where.open()) {
                if (output == Output.json) {
                    out.println(DocumentFormat.JSON.text(document(admin.list())));
                    return 0;
                }
                Instant now = Instant.now();
                out.printf("%-8s %-12s %-22s %-24s %s%n", "TOKEN", "TTL", "EXPIRES", "USAGES", "DESCRIPTION");
                for (BootstrapToken token : admin.list()) {
                    out.printf(
                            "%-8s %-12s %-22s %-24s %s%n",
                            token.id(),
                            left(token.left(now)),
                            token.expires() == null
                                    ? "<never>"
                                    : token.expires().toString(),
                            String.join(",", token.usages()),
                            token.description());
                }
            }
            return 0;
        }

        /** Without their secrets, as in the table. */
        static ArrayNode document(List<BootstrapToken> tokens) {
            ArrayNode all = JsonMapper.shared().createArrayNode();
            for (BootstrapToken token : tokens) {
                ObjectNode entry = all.addObject().put("token", token.id()).put("description", token.description());
                if (token.expires() != null) {
                    entry.put("expires", token.expires().toString());
                }
                token.usages().forEach(entry.putArray("usages")::add);
                token.groups().forEach(entry.putArray("groups")::add);
            }
            return all;
        }

        private static String left(@Nullable Duration left) {
            if (left == null) {
                return "<forever>";
            }
            return left.isNegative() ? "<expired>" : left.toHours() + "h" + left.toMinutesPart() + "m";
        }
    }

    /** {@code token rotate}: another server token for all servers. */
    @Command(
            name = "rotate",
            mixinStandardHelpOptions = true,
            description = "Give the cluster another server token. Keep the old one for snapshots taken before.")
    static final class Rotate implements Callable<Integer> {
        @Spec
        private CommandSpec spec;

        @Mixin
        private Where where;

        @Option(
                names = {"--token", "-t"},
                description = "The present token (default: the one on this server's disk)")
        private @Nullable String token;

        @Option(names = "--new-token", description = "The new one (default: a random one)")
        private @Nullable String newToken;

        @Override
        public Integer call() {
            try (TokenAdmin admin = where.open()) {
                String password = newToken == null
                        ? ServerToken.newPassword()
                        : ServerToken.parse(newToken).password();
                admin.rotate(token == null ? admin.currentToken() : token, password);
                spec.commandLine()
                        .getOut()
                        .println("Token rotated; it stands in server/token of every server. "
                                + "Nodes that have joined go on without a restart.");
            }
            return 0;
        }
    }
}
