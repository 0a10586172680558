package io.kvorum.cli;

import io.kvorum.node.Logging;
import io.kvorum.node.secrets.SecretsAdmin;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code secrets-encrypt}: how Secrets stand in the store, and other keys for them. */
@Command(
        name = "secrets-encrypt",
        mixinStandardHelpOptions = true,
        description = "Tell whether Secrets are encrypted in the store and by which key, and change that.",
        footer = {
            "",
            "status       what is encrypted by which key, and whether all servers have it",
            "enable       encrypt Secrets from now on, and those that are there",
            "disable      decrypt them; the keys stay",
            "rotate-keys  a new key, every Secret by it, the old key dropped; goes on where another one ended",
            "prepare, rotate, reencrypt  the same in three steps"
        })
final class SecretsEncryptCommand implements Callable<Integer> {
    private static final List<String> MAY_FORCE = List.of("prepare", "rotate", "reencrypt");

    @Spec
    private CommandSpec spec;

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
            names = {"--token", "-t"},
            defaultValue = "${env:K3S_TOKEN}",
            description = "Server token (default: the one of the server on this machine)")
    private @Nullable String token;

    @Option(
            names = {"--output", "-o"},
            defaultValue = "text",
            description = "Of status: text or json (default ${DEFAULT-VALUE})")
    private String output;

    @Option(
            names = {"--force", "-f"},
            description = "Of prepare, rotate, reencrypt: whatever the stage is, and without waiting for other servers")
    private boolean isForced;

    @Option(names = "--skip", description = "Of reencrypt: keep the other keys and the stage")
    private boolean keepsKeys;

    @Parameters(paramLabel = "status|enable|disable|prepare|rotate|reencrypt|rotate-keys", description = "what to do")
    private String act;

    @Override
    public Integer call() {
        Logging.start(false);
        if ((isForced && !MAY_FORCE.contains(act)) || (keepsKeys && !act.equals("reencrypt"))) {
            throw new ParameterException(
                    spec.commandLine(), "--force is for prepare, rotate and reencrypt, --skip for reencrypt");
        }
        var admin = new SecretsAdmin(dataDir.resolve("server"), server, token);
        PrintWriter out = spec.commandLine().getOut();
        out.print(answer(admin));
        out.flush();
        return 0;
    }

    /** In K3s's words. */
    private String answer(SecretsAdmin admin) {
        return switch (act) {
            case "status" -> output.toLowerCase(Locale.ROOT).equals("json") ? admin.statusJson() : admin.status();
            case "enable", "disable" -> {
                admin.enable(act.equals("enable"));
                yield "secrets-encryption %sd\n".formatted(act);
            }
            case "prepare", "rotate" -> {
                admin.stage(act, isForced, false);
                yield act + " completed successfully\n";
            }
            case "reencrypt" -> {
                admin.stage("reencrypt_active", isForced, keepsKeys);
                yield "reencryption started\n";
            }
            case "rotate-keys" -> {
                admin.stage("rotate_keys", false, false);
                yield "keys rotated, reencryption finished\n";
            }
            default -> throw new ParameterException(spec.commandLine(), "secrets-encrypt has no \"%s\"".formatted(act));
        };
    }
}
