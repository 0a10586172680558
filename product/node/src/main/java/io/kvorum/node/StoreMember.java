package io.kvorum.node;

import io.kvorum.pki.SecretFile;
import io.kvorum.raft.MemberId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Which member of the store this server is: an id for life, and the name that K3s gives members.
 *
 * @param name {@code <node>-<8 hex digits>}
 * @param clusterId of the cluster it belongs to
 */
record StoreMember(MemberId id, String name, long clusterId) {
    /**
     * Reads it from {@code db/etcd}, or makes it up once.
     *
     * @param joined the cluster that this member is to belong to; null for the one on disk, or a new one
     */
    static StoreMember ensure(Path etcdFolder, String nodeName, @Nullable Long joined) {
        Path nameFile = etcdFolder.resolve("name");
        Path idFile = etcdFolder.resolve("member-id");
        Path clusterFile = etcdFolder.resolve("cluster-id");
        try {
            if (Files.exists(clusterFile) && (joined == null || joined == hex(clusterFile))) {
                return new StoreMember(
                        new MemberId(hex(idFile)), Files.readString(nameFile).strip(), hex(clusterFile));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + idFile, e);
        } catch (IllegalArgumentException e) {
            throw new StartFailure(
                    "%s is damaged: it must hold 16 hex digits; restore it, or restore the store from a snapshot"
                            .formatted(idFile),
                    e);
        }
        var chance = new SecureRandom();
        var member = new StoreMember(
                new MemberId(chance.nextLong()),
                "%s-%08x".formatted(nodeName, chance.nextInt()),
                joined == null ? chance.nextLong() : joined);
        SecretFile.write(nameFile, member.name() + "\n", "rw-------");
        SecretFile.write(idFile, "%016x%n".formatted(member.id().value()), "rw-------");
        // last: a start that was cut off before begins anew, since no log can be there yet
        SecretFile.write(clusterFile, "%016x%n".formatted(member.clusterId()), "rw-------");
        return member;
    }

    /** The member stays who it is, and belongs to the cluster that its log names, in which others take it by that. */
    StoreMember movedTo(long cluster, Path etcdFolder) {
        if (cluster == clusterId) {
            return this;
        }
        SecretFile.write(etcdFolder.resolve("cluster-id"), "%016x%n".formatted(cluster), "rw-------");
        return new StoreMember(id, name, cluster);
    }

    private static long hex(Path file) throws IOException {
        return HexFormat.fromHexDigitsToLong(Files.readString(file).strip());
    }
}
