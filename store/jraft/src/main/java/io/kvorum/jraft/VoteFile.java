package io.kvorum.jraft;

import com.alipay.sofa.jraft.entity.LocalStorageOutter.StablePBMeta;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.option.RaftMetaStorageOptions;
import com.alipay.sofa.jraft.storage.RaftMetaStorage;
import com.alipay.sofa.jraft.storage.io.ProtoBufFile;
import com.google.protobuf.UnknownFieldSet;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The synced file of term and vote, in the library's format with a checksum added. The library's own storage ends the
 * member for good when a write fails; this one only says no, upon which the library gives no vote and does not lead, and
 * tries again. The library calls it with its lock held, the retry comes from another thread.
 */
final class VoteFile implements RaftMetaStorage {
    private static final Logger LOG = LoggerFactory.getLogger(VoteFile.class);
    private static final String NAME = "raft_meta";
    /** A field the library's own reader passes over. */
    private static final int CHECKSUM_FIELD = 15;

    private final Path file;
    private final DiskRoom room;
    private long term;
    private PeerId votedFor = PeerId.emptyPeer();
    private boolean isSaved = true;

    VoteFile(String folder, DiskRoom room) {
        this.file = Path.of(folder, NAME);
        this.room = room;
        room.whenVoteIsRetried(this::retry);
    }

    @Override
    public synchronized boolean init(RaftMetaStorageOptions options) {
        try {
            Files.createDirectories(file.getParent());
            StablePBMeta found = new ProtoBufFile(file.toString()).load();
            if (found != null) {
                check(found);
                term = found.getTerm();
                votedFor.parse(found.getVotedfor());
            }
        } catch (FileNotFoundException _) {
            return true; // never voted
        } catch (IOException | RuntimeException e) { // the library's reader throws what it likes at a damaged file
            throw new LogUnusable(
                    "%s, which holds this member's term and vote, cannot be read: %s. A member that forgot its vote may not vote again: remove it from the cluster and join it again with an empty data folder."
                            .formatted(file, e.getMessage()),
                    e);
        }
        return true;
    }

    private static void check(StablePBMeta found) throws IOException {
        List<Integer> promised =
                found.getUnknownFields().getField(CHECKSUM_FIELD).getFixed32List();
        if (!promised.isEmpty() && promised.getFirst() != checksum(found.getTerm(), found.getVotedfor())) {
            throw new IOException("its checksum is wrong");
        }
    }

    private static int checksum(long term, String votedFor) {
        var sum = new CRC32C();
        sum.update("%d %s".formatted(term, votedFor).getBytes(StandardCharsets.UTF_8));
        return (int) sum.getValue();
    }

    @Override
    public synchronized boolean setTerm(long now) {
        return setTermAndVotedFor(now, votedFor);
    }

    @Override
    public synchronized boolean setVotedFor(PeerId now) {
        return setTermAndVotedFor(term, now);
    }

    /** What could not be written stays what is to be written: to remember a vote that was not given harms nobody. */
    @Override
    public synchronized boolean setTermAndVotedFor(long nowTerm, PeerId nowVotedFor) {
        term = nowTerm;
        votedFor = nowVotedFor.copy();
        isSaved = false;
        return save();
    }

    private boolean save() {
        room.makeRoomForVote();
        try {
            var sum = UnknownFieldSet.Field.newBuilder()
                    .addFixed32(checksum(term, votedFor.toString()))
                    .build();
            var meta = StablePBMeta.newBuilder()
                    .setTerm(term)
                    .setVotedfor(votedFor.toString())
                    .setUnknownFields(UnknownFieldSet.newBuilder()
                            .addField(CHECKSUM_FIELD, sum)
                            .build())
                    .build();
            if (!new ProtoBufFile(file.toString()).save(meta, true)) {
                throw new IOException("it could not be put in place");
            }
            isSaved = true;
            room.voteWritten();
        } catch (IOException e) {
            room.voteNotWritten(file, e);
        }
        return isSaved;
    }

    private synchronized void retry() {
        if (!isSaved && save()) {
            LOG.atInfo().addKeyValue("term", term).log("this member's vote could be written after all");
        }
    }

    @Override
    public synchronized long getTerm() {
        return term;
    }

    @Override
    public synchronized PeerId getVotedFor() {
        return votedFor.copy();
    }

    @Override
    public synchronized void shutdown() {
        if (!isSaved) {
            var _ = save();
        }
    }
}
