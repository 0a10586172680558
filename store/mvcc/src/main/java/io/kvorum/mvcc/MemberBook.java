package io.kvorum.mvcc;

import io.kvorum.model.Bytes;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/** What the members are called. Written by the machine's thread, read by any. */
final class MemberBook {
    private final Map<Long, MemberRecord> members = new ConcurrentSkipListMap<>(Long::compareUnsigned);

    MemberBook(StoredState disk) {
        disk.scan(Table.MEMBERS, Bytes.EMPTY, (key, record) -> {
            MemberRecord member = MemberRecord.decode(record);
            members.put(member.id(), member);
            return true;
        });
    }

    List<MemberRecord> all() {
        return List.copyOf(members.values());
    }

    /**
     * Who adds a member and the member itself describe it, in either order: what only one of them knows (the name; that
     * a vote is due) stays until the member is forgotten.
     */
    Outcome describe(MemberRecord described, Changes changes) {
        MemberRecord before = members.get(described.id());
        MemberRecord member = before == null ? described : described.over(before);
        members.put(member.id(), member);
        changes.put(Table.MEMBERS, MemberRecord.keyOf(member.id()), member.encode());
        return new Outcome.Changed();
    }

    Outcome forget(long id, Changes changes) {
        members.remove(id);
        changes.delete(Table.MEMBERS, MemberRecord.keyOf(id));
        return new Outcome.Changed();
    }
}
