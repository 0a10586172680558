package io.kvorum.jraft.wire;

import io.kvorum.raft.Member;
import io.kvorum.raft.MemberId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which cluster a member belongs to, kept beside its log. Members of different clusters do not talk. A joining member
 * belongs to none until the first member of one speaks to it. Any thread.
 */
public final class ClusterName {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterName.class);
    private static final long NONE = 0;

    private final Path file;
    private volatile long id;

    /**
     * @param wanted used when the file does not say otherwise; 0 means that it follows from the initial members
     */
    public ClusterName(Path file, long wanted, List<Member> initial) {
        this.file = file;
        long kept = read(file);
        if (kept != NONE) {
            id = kept;
            if (wanted != NONE && wanted != kept) {
                LOG.atWarn()
                        .addKeyValue("cluster", "%016x".formatted(kept))
                        .addKeyValue("configured", "%016x".formatted(wanted))
                        .log("this member's log belongs to another cluster than configured; the log's counts");
            }
        } else {
            long made = wanted == NONE && !initial.isEmpty() ? of(initial) : wanted;
            if (made != NONE) {
                replace(made);
            }
        }
    }

    private static long read(Path file) {
        try {
            return Files.exists(file)
                    ? Long.parseUnsignedLong(Files.readString(file).strip(), 16)
                    : NONE;
        } catch (IOException | NumberFormatException e) {
            throw new IllegalStateException(
                    "%s should name the cluster of this member in hexadecimal digits: %s"
                            .formatted(file, e.getMessage()),
                    e);
        }
    }

    /** The same at every initial member, and not met twice, since members' ids are made by chance. */
    private static long of(List<Member> initial) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update("cluster".getBytes(StandardCharsets.US_ASCII));
            initial.stream()
                    .map(Member::id)
                    .mapToLong(MemberId::value)
                    .sorted()
                    .forEach(member -> digest.update(
                            ByteBuffer.allocate(Long.BYTES).putLong(member).array()));
            return ByteBuffer.wrap(digest.digest()).getLong() | 1;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    /** 0 while it is not known. */
    public long id() {
        return id;
    }

    /** From now on this member belongs to that cluster; on stable storage when it returns. */
    public synchronized void replace(long now) {
        Path next = file.resolveSibling(file.getFileName() + ".next");
        try {
            Files.createDirectories(file.getParent());
            try (FileChannel out = FileChannel.open(
                    next, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
                out.write(ByteBuffer.wrap("%016x%n".formatted(now).getBytes(StandardCharsets.US_ASCII)));
                out.force(true);
            }
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            id = now;
        } catch (IOException e) {
            throw new UncheckedIOException("could not write down the cluster of this member in " + file, e);
        }
    }

    /** Whether a member of that cluster may be spoken with; a member that belongs to none joins it by that. */
    synchronized boolean accepts(long other) {
        if (other == NONE || other == id) {
            return true;
        }
        if (id == NONE) {
            replace(other);
            return true;
        }
        return false;
    }
}
