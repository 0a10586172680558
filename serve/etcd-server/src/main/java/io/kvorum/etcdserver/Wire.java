package io.kvorum.etcdserver;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.KeyValue;
import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.model.KeyRange;

/** Values of the store as messages, and back. Stateless; any thread may call it. */
final class Wire {
    private Wire() {}

    static Bytes bytes(ByteString text) {
        return Bytes.wrap(text.toByteArray());
    }

    /** Without a copy: the store's bytes never change. */
    static ByteString text(Bytes bytes) {
        return UnsafeByteOperations.unsafeWrap(bytes.asReadOnlyBuffer());
    }

    /** etcd's way to name a range: no end means one key, a zero byte means everything from the key on. */
    static KeyRange range(ByteString key, ByteString end) {
        if (end.isEmpty()) {
            return KeyRange.single(new Key(bytes(key)));
        }
        boolean isOpen = end.size() == 1 && end.byteAt(0) == 0;
        return new KeyRange(bytes(key), isOpen ? null : bytes(end));
    }

    static KeyValue item(io.kvorum.mvcc.KeyValue item) {
        return KeyValue.newBuilder()
                .setKey(text(item.key().bytes()))
                .setCreateRevision(item.created().value())
                .setModRevision(item.modified().value())
                .setVersion(item.version())
                .setValue(text(item.value()))
                .setLease(item.lease().value())
                .build();
    }

    static Event event(io.kvorum.mvcc.Event event) {
        Event.Builder built = Event.newBuilder()
                .setType(
                        switch (event.type()) {
                            case PUT -> Event.EventType.PUT;
                            case DELETE -> Event.EventType.DELETE;
                        })
                .setKv(item(event.now()));
        io.kvorum.mvcc.KeyValue previous = event.previous();
        if (previous != null) {
            built.setPrevKv(item(previous));
        }
        return built.build();
    }
}
