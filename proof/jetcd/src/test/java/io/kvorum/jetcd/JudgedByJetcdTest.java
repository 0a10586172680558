package io.kvorum.jetcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.etcd.jetcd.Client;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole API by jetcd, on a real etcd and on ours: it must see the same. */
class JudgedByJetcdTest {
    @TempDir
    private Path folder;

    @Test
    void oneMemberIsLikeOneOfEtcd() throws Exception {
        compare(1);
    }

    @Test
    void threeMembersAreLikeThreeOfEtcd() throws Exception {
        compare(3);
    }

    private void compare(int count) throws Exception {
        assumeTrue(Members.areInstalled(), "etcd is not installed, or our member is not built");
        List<String> theirs = lived(folder.resolve("debian"), count, Members::debian);
        List<String> ours = lived(folder.resolve("ours"), count, Members::ours);
        assertThat(differences(theirs, ours)).isEmpty();
    }

    private static List<String> differences(List<String> theirs, List<String> ours) {
        List<String> differences = new ArrayList<>();
        for (int i = 0; i < Math.max(theirs.size(), ours.size()); i++) {
            String one = i < theirs.size() ? theirs.get(i) : "nothing";
            String other = i < ours.size() ? ours.get(i) : "nothing";
            if (!one.equals(other)) {
                differences.add("\netcd  " + one + "\nours  " + other);
            }
        }
        return differences;
    }

    private static List<String> lived(Path folder, int count, BiFunction<Path, Integer, Members> start)
            throws Exception {
        Transcript seen = new Transcript();
        try (Members members = start.apply(folder, count);
                Client client = Client.builder()
                        .endpoints(members.endpoints().toArray(String[]::new))
                        .build()) {
            Session session = new Session(client, seen);
            session.keys();
            session.transactions();
            session.compaction();
            session.leases();
            Coordination coordination = new Coordination(client, seen);
            coordination.watches();
            coordination.locks();
            coordination.elections();
            Administration administration = new Administration(client, members.endpoints(), seen);
            administration.upkeep();
            administration.members();
            administration.users();
        }
        return seen.lines();
    }
}
