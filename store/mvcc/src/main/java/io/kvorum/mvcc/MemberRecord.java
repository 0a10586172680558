package io.kvorum.mvcc;

import io.kvorum.model.Bytes;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What a member is called and where its peers and its clients reach it.
 *
 * @param isVoteDue it was added to have a vote, which it gets as soon as it has caught up; stays set when it has it
 */
public record MemberRecord(long id, String name, List<String> peerUrls, List<String> clientUrls, boolean isVoteDue) {
    private static final int ID = 1;
    private static final int NAME = 2;
    private static final int PEER_URL = 3;
    private static final int CLIENT_URL = 4;
    /** Not in etcd's message. */
    private static final int VOTE_DUE = 16;

    public MemberRecord {
        peerUrls = List.copyOf(peerUrls);
        clientUrls = List.copyOf(clientUrls);
    }

    public MemberRecord(long id, String name, List<String> peerUrls, List<String> clientUrls) {
        this(id, name, peerUrls, clientUrls, false);
    }

    /** This description, with what it does not say taken from an earlier one. */
    MemberRecord over(MemberRecord before) {
        boolean isNamed = !name.isEmpty();
        return new MemberRecord(
                id,
                isNamed ? name : before.name,
                peerUrls,
                isNamed ? clientUrls : before.clientUrls,
                isVoteDue || before.isVoteDue);
    }

    static Bytes keyOf(long id) {
        return Bytes.wrap(ByteBuffer.allocate(Long.BYTES).putLong(id).array());
    }

    /** The protobuf message {@code Member} of etcd's API. */
    public Bytes encode() {
        WireWriter out = new WireWriter(128);
        out.number(ID, id);
        out.bytes(NAME, Bytes.utf8(name));
        peerUrls.forEach(url -> out.element(PEER_URL, Bytes.utf8(url)));
        clientUrls.forEach(url -> out.element(CLIENT_URL, Bytes.utf8(url)));
        if (isVoteDue) {
            out.number(VOTE_DUE, 1);
        }
        return out.toBytes();
    }

    public static MemberRecord decode(Bytes bytes) {
        long id = 0;
        String name = "";
        List<String> peerUrls = new ArrayList<>();
        List<String> clientUrls = new ArrayList<>();
        boolean isVoteDue = false;
        WireReader in = new WireReader(bytes);
        while (in.next()) {
            switch (in.field()) {
                case ID -> id = in.number();
                case NAME -> name = in.bytes().utf8();
                case PEER_URL -> peerUrls.add(in.bytes().utf8());
                case CLIENT_URL -> clientUrls.add(in.bytes().utf8());
                case VOTE_DUE -> isVoteDue = in.number() != 0;
                default -> in.skip();
            }
        }
        return new MemberRecord(id, name, peerUrls, clientUrls, isVoteDue);
    }
}
