package io.kvorum.member;

import io.kvorum.jraft.PeerIdentity;
import io.kvorum.pki.CertificateAuthority;
import io.kvorum.pki.LeafFiles;
import io.kvorum.pki.LeafProfile;
import io.kvorum.raft.MemberId;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code certs}: makes an authority and the certificates of members and one client in a folder: {@code ca.crt},
 * {@code NAME.crt}/{@code .key} for both doors of a member, {@code client.crt}/{@code .key}. May be repeated for more.
 */
@Command(name = "certs", description = "Makes certificates for the members of --initial-cluster, and for a client.")
final class CertificatesCommand implements Callable<Integer> {
    @Option(names = "--dir", required = true, description = "Where the files go.")
    private Path folder = Path.of("");

    @Option(names = "--initial-cluster", split = ",", required = true, description = "NAME=PEER-URL of each member.")
    private List<String> initialCluster = List.of();

    @Option(names = "--initial-cluster-token", defaultValue = "etcd-cluster")
    private String token = "";

    @Option(names = "--member-id", description = "For one member that was added: what `member add` answered, in hex.")
    private @Nullable String memberId;

    @Override
    public Integer call() {
        CertificateAuthority authority =
                CertificateAuthority.openOrCreate(folder, "ca", "member-ca", InstantSource.system());
        Instant now = InstantSource.system().instant();
        InitialCluster cluster = InitialCluster.parse(initialCluster, token);
        for (InitialCluster.Seat seat : cluster.seats()) {
            MemberId id = memberId == null ? cluster.idOf(seat) : new MemberId(Long.parseUnsignedLong(memberId, 16));
            List<String> names =
                    List.of("localhost", "127.0.0.1", seat.address().getHostString(), PeerIdentity.uriOf(id));
            new LeafFiles(folder, seat.name()).ensure(authority, LeafProfile.peer(seat.name(), names), now);
        }
        new LeafFiles(folder, "client").ensure(authority, LeafProfile.client("root"), now);
        return 0;
    }
}
