package io.kvorum.etcdctl.session;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/**
 * The flags every command takes. What the command line leaves out comes from its {@code ETCDCTL_} variable, then from the
 * default: a flag wins over its variable, so that a preset environment never forbids a flag.
 */
public abstract class GlobalFlags {
    @Option(
            names = "--cacert",
            scope = ScopeType.INHERIT,
            description = "verify certificates of TLS-enabled secure servers using this CA bundle")
    private @Nullable String cacert;

    @Option(
            names = "--cert",
            scope = ScopeType.INHERIT,
            description = "identify secure client using this TLS certificate file")
    private @Nullable String cert;

    @Option(
            names = "--command-timeout",
            scope = ScopeType.INHERIT,
            description = "timeout for short running command (excluding dial timeout)")
    private @Nullable Duration commandTimeout;

    @Option(
            names = "--debug",
            scope = ScopeType.INHERIT,
            arity = "0..1",
            fallbackValue = "true",
            description = "enable client-side debug logging")
    private @Nullable Boolean debug;

    @Option(names = "--dial-timeout", scope = ScopeType.INHERIT, description = "dial timeout for client connections")
    private @Nullable Duration dialTimeout;

    @Option(
            names = {"-d", "--discovery-srv"},
            scope = ScopeType.INHERIT,
            description = "domain name to query for SRV records describing cluster endpoints (not supported)")
    private @Nullable String discoverySrv;

    @Option(
            names = "--discovery-srv-name",
            scope = ScopeType.INHERIT,
            description = "service name to query when using DNS discovery (not supported)")
    private @Nullable String discoverySrvName;

    private final List<String> endpoints = new ArrayList<>();

    @Option(
            names = "--hex",
            scope = ScopeType.INHERIT,
            arity = "0..1",
            fallbackValue = "true",
            description = "print byte strings as hex encoded strings")
    private @Nullable Boolean hex;

    @Option(
            names = "--insecure-discovery",
            scope = ScopeType.INHERIT,
            arity = "0..1",
            fallbackValue = "true",
            description = "accept insecure SRV records describing cluster endpoints")
    private @Nullable Boolean insecureDiscovery;

    @Option(
            names = "--insecure-skip-tls-verify",
            scope = ScopeType.INHERIT,
            arity = "0..1",
            fallbackValue = "true",
            description = "skip server certificate verification (for testing only)")
    private @Nullable Boolean insecureSkipTlsVerify;

    @Option(
            names = "--insecure-transport",
            scope = ScopeType.INHERIT,
            arity = "0..1",
            fallbackValue = "true",
            description = "disable transport security for client connections")
    private @Nullable Boolean insecureTransport;

    @Option(
            names = "--keepalive-time",
            scope = ScopeType.INHERIT,
            description = "keepalive time for client connections")
    private @Nullable Duration keepaliveTime;

    @Option(
            names = "--keepalive-timeout",
            scope = ScopeType.INHERIT,
            description = "keepalive timeout for client connections")
    private @Nullable Duration keepaliveTimeout;

    @Option(names = "--key", scope = ScopeType.INHERIT, description = "identify secure client using this TLS key file")
    private @Nullable String key;

    @Option(
            names = "--password",
            scope = ScopeType.INHERIT,
            description = "password for authentication (--user then has none)")
    private @Nullable String password;

    @Option(
            names = "--user",
            scope = ScopeType.INHERIT,
            description = "username[:password] for authentication (prompt if password is not supplied)")
    private @Nullable String user;

    @Option(
            names = {"-w", "--write-out"},
            scope = ScopeType.INHERIT,
            description = "set the output format (fields, json, protobuf, simple, table)")
    private @Nullable String writeOut;

    private final Map<String, String> environment;

    protected GlobalFlags(Map<String, String> environment) {
        this.environment = environment;
    }

    /** Given more than once, in front of the command or behind it, the lists add up. */
    @Option(names = "--endpoints", scope = ScopeType.INHERIT, description = "gRPC endpoints")
    void addEndpoints(String list) {
        endpoints.add(list);
    }

    public String cacert() {
        return text("cacert", cacert, "");
    }

    public String cert() {
        return text("cert", cert, "");
    }

    public String key() {
        return text("key", key, "");
    }

    public Duration commandTimeout() {
        return duration("command-timeout", commandTimeout, Duration.ofSeconds(5));
    }

    public Duration dialTimeout() {
        return duration("dial-timeout", dialTimeout, Duration.ofSeconds(2));
    }

    public Duration keepaliveTime() {
        return duration("keepalive-time", keepaliveTime, Duration.ofSeconds(2));
    }

    public Duration keepaliveTimeout() {
        return duration("keepalive-timeout", keepaliveTimeout, Duration.ofSeconds(6));
    }

    public boolean debug() {
        return truth("debug", debug, false);
    }

    public boolean hex() {
        return truth("hex", hex, false);
    }

    public boolean insecureSkipTlsVerify() {
        return truth("insecure-skip-tls-verify", insecureSkipTlsVerify, false);
    }

    public boolean insecureTransport() {
        return truth("insecure-transport", insecureTransport, true);
    }

    public boolean insecureDiscovery() {
        return truth("insecure-discovery", insecureDiscovery, true);
    }

    public String discoverySrv() {
        return text("discovery-srv", discoverySrv, "");
    }

    public String discoverySrvName() {
        return text("discovery-srv-name", discoverySrvName, "");
    }

    public String user() {
        return text("user", user, "");
    }

    public String password() {
        return text("password", password, "");
    }

    public String writeOut() {
        return text("write-out", writeOut, "simple");
    }

    public List<String> endpoints() {
        List<String> given = endpoints.isEmpty() ? List.of(text("endpoints", null, "127.0.0.1:2379")) : endpoints;
        List<String> all = new ArrayList<>();
        for (String each : given) {
            Arrays.stream(each.split(",", -1)).map(String::strip).forEach(all::add);
        }
        all.removeIf(String::isEmpty);
        return List.copyOf(all);
    }

    /** What {@code --debug} shows: every flag's value by the name of its variable, the password hidden. */
    public Map<String, String> asVariables() {
        Map<String, String> all = new TreeMap<>();
        all.put("cacert", cacert());
        all.put("cert", cert());
        all.put("command-timeout", duration(commandTimeout()));
        all.put("debug", String.valueOf(debug()));
        all.put("dial-timeout", duration(dialTimeout()));
        all.put("discovery-srv", discoverySrv());
        all.put("discovery-srv-name", discoverySrvName());
        all.put("endpoints", "[" + String.join(",", endpoints()) + "]");
        all.put("hex", String.valueOf(hex()));
        all.put("insecure-discovery", String.valueOf(insecureDiscovery()));
        all.put("insecure-skip-tls-verify", String.valueOf(insecureSkipTlsVerify()));
        all.put("insecure-transport", String.valueOf(insecureTransport()));
        all.put("keepalive-time", duration(keepaliveTime()));
        all.put("keepalive-timeout", duration(keepaliveTimeout()));
        all.put("key", key());
        all.put("password", password().isEmpty() ? "" : "(hidden)");
        all.put("user", user().replaceAll(":.*", ":(hidden)"));
        all.put("write-out", writeOut());
        Map<String, String> named = new TreeMap<>();
        all.forEach((name, value) -> named.put(variable(name), value));
        return named;
    }

    private static String duration(Duration duration) {
        return duration.toString().substring(2).toLowerCase(Locale.ROOT);
    }

    private String text(String name, @Nullable String given, String otherwise) {
        if (given != null) {
            return given;
        }
        String preset = environment.get(variable(name));
        return preset == null || preset.isEmpty() ? otherwise : preset;
    }

    private Duration duration(String name, @Nullable Duration given, Duration otherwise) {
        String preset = text(name, null, "");
        if (given != null || preset.isEmpty()) {
            return given == null ? otherwise : given;
        }
        try {
            return GoNumbers.parseDuration(preset);
        } catch (GoNumbers.Malformed e) {
            throw malformed(preset, name, e);
        }
    }

    private boolean truth(String name, @Nullable Boolean given, boolean otherwise) {
        String preset = text(name, null, "");
        if (given != null || preset.isEmpty()) {
            return given == null ? otherwise : given;
        }
        try {
            return GoNumbers.parseBool(preset);
        } catch (GoNumbers.Malformed e) {
            throw malformed(preset, name, e);
        }
    }

    private static Failure malformed(String preset, String name, GoNumbers.Malformed e) {
        return Failure.badArguments("invalid value \"%s\" for %s: %s".formatted(preset, variable(name), e.reason()));
    }

    private static String variable(String name) {
        return "ETCDCTL_" + name.toUpperCase(Locale.ROOT).replace('-', '_');
    }
}
