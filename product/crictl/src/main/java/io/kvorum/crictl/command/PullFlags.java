package io.kvorum.crictl.command;

import io.kvorum.cri.runtime.AuthConfig;
import io.kvorum.cri.runtime.ImageSpec;
import io.kvorum.cri.runtime.PodSandboxConfig;
import io.kvorum.cri.runtime.PullImageRequest;
import io.kvorum.crictl.session.Failure;
import io.kvorum.crictl.session.Session;
import java.io.Console;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The flags of everything that pulls images, and the pulling. */
final class PullFlags {
    /** Without a limit of its own, a pull may take as long as the slowest line needs for the largest image. */
    private static final Duration LONGEST = Duration.ofHours(24);

    @Option(names = "--creds", description = "Use USERNAME[:PASSWORD] for accessing the registry [$CRICTL_CREDS]")
    private String credentials = "";

    @Option(
            names = "--auth",
            description =
                    "Use AUTH_STRING for accessing the registry, a base64 encoded USERNAME[:PASSWORD] [$CRICTL_AUTH]")
    private String auth = "";

    @Option(
            names = {"-u", "--username"},
            description = "Use USERNAME for accessing the registry. The password will be requested on the command line")
    private String username = "";

    @Option(
            names = {"--pull-timeout", "-pt"},
            description = "Maximum time to be used for pulling the image, disabled if set to 0s [$CRICTL_PULL_TIMEOUT]")
    private Duration timeout = Duration.ZERO;

    /** Pulls it and gives the reference that the runtime knows it by. */
    String pull(Session session, String image, Optional<PodSandboxConfig> pod, Map<String, String> annotations) {
        PullImageRequest.Builder request = PullImageRequest.newBuilder()
                .setImage(ImageSpec.newBuilder().setImage(image).putAllAnnotations(annotations));
        authentication(session).ifPresent(request::setAuth);
        pod.ifPresent(request::setSandboxConfig);
        return session.images().pullImage(request.build(), limit(session));
    }

    private Duration limit(Session session) {
        String preset = session.environment().getOrDefault("CRICTL_PULL_TIMEOUT", "");
        Duration given = timeout.isZero() && !preset.isEmpty() ? Durations.parse(preset) : timeout;
        return given.isZero() ? LONGEST : given;
    }

    private Optional<AuthConfig> authentication(Session session) {
        if (!username.isEmpty()) {
            return Optional.of(AuthConfig.newBuilder()
                    .setUsername(username)
                    .setPassword(askPassword())
                    .build());
        }
        String pair = or(credentials, session, "CRICTL_CREDS");
        String encoded = or(auth, session, "CRICTL_AUTH");
        Act.demand(pair.isEmpty() || encoded.isEmpty(), "both `--creds` and `--auth` are specified");
        if (!encoded.isEmpty()) {
            return Optional.of(AuthConfig.newBuilder().setAuth(encoded).build());
        }
        if (pair.isEmpty()) {
            return Optional.empty();
        }
        int colon = pair.indexOf(':');
        Act.demand(colon != 0, "username can't be empty");
        return Optional.of(AuthConfig.newBuilder()
                .setUsername(colon < 0 ? pair : pair.substring(0, colon))
                .setPassword(colon < 0 ? "" : pair.substring(colon + 1))
                .build());
    }

    private static String or(String given, Session session, String variable) {
        return given.isEmpty() ? session.environment().getOrDefault(variable, "") : given;
    }

    private static String askPassword() {
        return Optional.ofNullable(System.console())
                .filter(Console::isTerminal)
                .map(console -> console.readPassword("Enter Password:"))
                .map(String::new)
                .orElseThrow(() ->
                        new Failure("the password can be asked for only on a terminal; use --creds or $CRICTL_CREDS"));
    }
}
