package io.kvorum.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Who is measured: how one of its members is started. Values; any thread. */
sealed interface Rival {
    String TOKEN = "bench";

    String name();

    /** @param all the members of its cluster, the seat's own among them */
    List<String> command(Seat seat, List<Seat> all);

    /** Debian's etcd with its default settings, but for room enough for a whole run. */
    record Etcd(Path program) implements Rival {
        @Override
        public String name() {
            return "etcd";
        }

        @Override
        public List<String> command(Seat seat, List<Seat> all) {
            List<String> command = new ArrayList<>(List.of(program.toString()));
            command.addAll(flags(seat, all));
            command.addAll(List.of("--logger", "zap", "--log-level", "error"));
            return command;
        }
    }

    /** Our store as a process of its own, with the JVM options of the product. */
    record Ours(Path program) implements Rival {
        @Override
        public String name() {
            return "kvorum";
        }

        @Override
        public List<String> command(Seat seat, List<Seat> all) {
            List<String> command = new ArrayList<>(List.of(program.toString()));
            command.addAll(flags(seat, all));
            return command;
        }
    }

    /**
     * Ours in training: the first member's JVM keeps what it learned, the others leave it the processors.
     *
     * @param cache what the JVM writes when the member ends
     */
    record Trainees(Path program, Path cache) implements Rival {
        @Override
        public String name() {
            return "kvorum";
        }

        @Override
        public List<String> command(Seat seat, List<Seat> all) {
            String options = seat.equals(all.getFirst())
                    ? "-XX:AOTCacheOutput=" + cache + " -Xlog:aot=error -Xlog:cds=error"
                    : "-XX:TieredStopAtLevel=1";
            List<String> command = new ArrayList<>(List.of("/usr/bin/env", "KVORUM_JVM_OPTIONS=" + options));
            command.addAll(new Ours(program).command(seat, all));
            return command;
        }
    }

    private static List<String> flags(Seat seat, List<Seat> all) {
        String cluster =
                all.stream().map(each -> each.name() + "=" + each.peerUrl()).collect(Collectors.joining(","));
        List<String> flags = new ArrayList<>(List.of("--name", seat.name()));
        flags.addAll(List.of("--data-dir", seat.data().toString()));
        flags.addAll(List.of("--listen-client-urls", seat.clientUrl()));
        flags.addAll(List.of("--advertise-client-urls", seat.clientUrl()));
        flags.addAll(List.of("--listen-peer-urls", seat.peerUrl()));
        flags.addAll(List.of("--initial-advertise-peer-urls", seat.peerUrl()));
        flags.addAll(List.of("--initial-cluster", cluster));
        flags.addAll(List.of("--initial-cluster-state", "new"));
        flags.addAll(List.of("--initial-cluster-token", TOKEN));
        flags.addAll(List.of("--quota-backend-bytes", Long.toString(8L << 30)));
        if (seat.isSecured()) {
            String certificate = Certificates.certificate(seat).toString();
            String key = Certificates.key(seat).toString();
            String authority = Certificates.authority(seat).toString();
            flags.addAll(List.of("--cert-file", certificate, "--key-file", key, "--trusted-ca-file", authority));
            flags.add("--client-cert-auth");
            flags.addAll(List.of("--peer-cert-file", certificate, "--peer-key-file", key));
            flags.addAll(List.of("--peer-trusted-ca-file", authority));
        }
        return flags;
    }
}
