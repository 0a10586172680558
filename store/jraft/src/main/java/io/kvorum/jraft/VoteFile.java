package io.kvorum.jraft;

import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.option.RaftOptions;
import com.alipay.sofa.jraft.storage.impl.LocalRaftMetaStorage;

/** The library's own file for term and vote (synced), for which there is room on a full disk too. */
final class VoteFile extends LocalRaftMetaStorage {
    private final DiskRoom room;

    VoteFile(String path, RaftOptions options, DiskRoom room) {
        super(path, options);
        this.room = room;
    }

    @Override
    public boolean setTerm(long term) {
        room.makeRoomForVote();
        return super.setTerm(term);
    }

    @Override
    public boolean setVotedFor(PeerId peerId) {
        room.makeRoomForVote();
        return super.setVotedFor(peerId);
    }

    @Override
    public boolean setTermAndVotedFor(long term, PeerId peerId) {
        room.makeRoomForVote();
        return super.setTermAndVotedFor(term, peerId);
    }
}
