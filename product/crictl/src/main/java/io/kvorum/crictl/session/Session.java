package io.kvorum.crictl.session;

import io.kvorum.cri.CriClient;
import io.kvorum.crictl.etcd.ServerEtcd;
import java.io.InputStream;
import java.io.PrintStream;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One run of the program: its settings, its input and output, and the runtime, connected to when first asked. One thread. */
public final class Session implements AutoCloseable {
    private final Supplier<Settings.Flags> flags;
    private final Map<String, String> environment;
    private final InputStream in;
    private final PrintStream out;
    private final PrintStream err;
    private final InstantSource clock = InstantSource.system();
    private @Nullable Settings settings;
    private @Nullable CriClient runtime;
    private @Nullable CriClient images;
    private boolean etcdSought;
    private Optional<ServerEtcd> etcd = Optional.empty();

    public Session(
            Supplier<Settings.Flags> flags,
            Map<String, String> environment,
            InputStream in,
            PrintStream out,
            PrintStream err) {
        this.flags = flags;
        this.environment = environment;
        this.in = in;
        this.out = out;
        this.err = err;
    }

    public Settings settings() {
        Settings known = settings;
        if (known == null) {
            known = Settings.resolve(flags.get(), environment);
            settings = known;
            if (known.debug()) {
                notices().detail("the runtime is asked at " + known.runtime());
            }
        }
        return known;
    }

    public CriClient runtime() {
        CriClient known = runtime;
        if (known == null) {
            known = connect(settings().runtime());
            runtime = known;
        }
        return known;
    }

    /** The image service, which is the runtime's own unless the settings say otherwise. */
    public CriClient images() {
        if (settings().images().equals(settings().runtime())) {
            return runtime();
        }
        CriClient known = images;
        if (known == null) {
            known = connect(settings().images());
            images = known;
        }
        return known;
    }

    private static CriClient connect(Endpoint endpoint) {
        endpoint.obstacle().ifPresent(obstacle -> {
            throw new Failure(obstacle);
        });
        return new CriClient(endpoint.socket());
    }

    /** The etcd inside this node's server; empty on a node that has none. */
    public Optional<ServerEtcd> etcd() {
        if (!etcdSought) {
            etcd = ServerEtcd.find(DataFolder.of(environment));
            etcdSought = true;
        }
        return etcd;
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

    public Notices notices() {
        return new Notices(err);
    }

    public InstantSource clock() {
        return clock;
    }

    public ZoneId zone() {
        return ZoneId.systemDefault();
    }

    @Override
    public void close() {
        if (runtime != null) {
            runtime.close();
        }
        if (images != null) {
            images.close();
        }
    }
}
