package io.kvorum.etcdctl.session;

import io.grpc.Channel;
import io.kvorum.etcdctl.print.Printer;
import io.kvorum.etcdctl.wire.Credentials;
import io.kvorum.etcdctl.wire.Wire;
import io.kvorum.etcdctl.wire.WireSettings;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One run of the command line: its flags, its streams and the connection, opened when first needed. One thread. */
public final class Session implements AutoCloseable {
    private final GlobalFlags flags;
    private final Map<String, String> environment;
    private final InputStream in;
    private final PrintStream out;
    private final PrintStream err;
    private final List<String> rawArguments;
    private @Nullable Wire wire;

    public Session(
            GlobalFlags flags,
            Map<String, String> environment,
            InputStream in,
            PrintStream out,
            PrintStream err,
            List<String> rawArguments) {
        this.flags = flags;
        this.environment = environment;
        this.in = in;
        this.out = out;
        this.err = err;
        this.rawArguments = rawArguments;
    }

    public GlobalFlags flags() {
        return flags;
    }

    public Map<String, String> environment() {
        return environment;
    }

    public InputStream in() {
        return in;
    }

    public PrintStream out() {
        return out;
    }

    public PrintStream err() {
        return err;
    }

    /** What stands behind the first {@code --}; null when there is none. */
    public @Nullable List<String> afterSeparator() {
        int at = rawArguments.indexOf("--");
        return at < 0 ? null : rawArguments.subList(at + 1, rawArguments.size());
    }

    public Printer printer() {
        return Printer.of(flags.writeOut(), flags.hex(), out)
                .orElseThrow(() -> new Failure(Failure.Code.BAD_FEATURE, "unsupported output format"));
    }

    /** The connection to whichever endpoint answers. */
    public Wire wire() {
        if (wire == null) {
            wire = connect(flags.endpoints());
        }
        return wire;
    }

    /** A connection to some endpoints alone. The caller closes it. */
    public Wire connect(List<String> endpoints) {
        if (flags.debug()) {
            flags.asVariables().forEach((name, value) -> err.println(name + "=" + value));
        }
        if (!flags.discoverySrv().isEmpty()) {
            throw Failure.badArguments(
                    "--discovery-srv is not supported by the bundled etcdctl: name the members with --endpoints");
        }
        if (flags.cert().isEmpty() != flags.key().isEmpty()) {
            throw Failure.badArguments("KeyFile and CertFile must both be present[key: %s, cert: %s]"
                    .formatted(flags.key(), flags.cert()));
        }
        Credentials credentials = PasswordPrompt.credentials(flags, in, err);
        return Wire.open(new WireSettings(
                endpoints,
                flags.cacert(),
                flags.cert(),
                flags.key(),
                flags.insecureSkipTlsVerify(),
                !flags.insecureTransport(),
                flags.dialTimeout(),
                flags.commandTimeout(),
                flags.keepaliveTime(),
                flags.keepaliveTimeout(),
                credentials));
    }

    /** Asks something that changes nothing, and asks another endpoint when one does not answer. */
    public <T> T read(Function<Channel, T> call) {
        return wire().read(call);
    }

    /** Asks for a change, at one endpoint alone: an answer that got lost may hide a change that was made. */
    public <T> T write(Function<Channel, T> call) {
        return wire().write(call);
    }

    @Override
    public void close() {
        if (wire != null) {
            wire.close();
        }
    }
}
