package io.kvorum.engine;

import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.model.KeyRange;
import io.kvorum.model.Revision;
import io.kvorum.mvcc.Compare;
import io.kvorum.mvcc.LeaseId;
import io.kvorum.mvcc.Operation;
import java.util.ArrayList;
import java.util.List;

/** The bytes of a transaction inside an entry. Enums are written by fixed numbers. Stateless; any thread may call it. */
final class TxnCodec {
    private static final int PUT = 1;
    private static final int DELETE = 2;
    private static final int RANGE = 3;
    private static final int TXN = 4;

    private static final int COMPARE_NUMBER = 1;
    private static final int COMPARE_VALUE = 2;

    /** The place in these lists is the number on disk: only ever append. */
    private static final List<Compare.Target> COMPARE_TARGETS =
            List.of(Compare.Target.VERSION, Compare.Target.CREATED, Compare.Target.MODIFIED, Compare.Target.LEASE);

    private static final List<Compare.Relation> RELATIONS = List.of(
            Compare.Relation.EQUAL, Compare.Relation.NOT_EQUAL, Compare.Relation.GREATER, Compare.Relation.LESS);
    private static final List<Operation.SortOrder> ORDERS =
            List.of(Operation.SortOrder.NONE, Operation.SortOrder.ASCENDING, Operation.SortOrder.DESCENDING);
    private static final List<Operation.SortTarget> SORT_TARGETS = List.of(
            Operation.SortTarget.KEY,
            Operation.SortTarget.VERSION,
            Operation.SortTarget.CREATED,
            Operation.SortTarget.MODIFIED,
            Operation.SortTarget.VALUE);

    private TxnCodec() {}

    /** Enough for most: what is put is nearly all of an entry. */
    static int expectedBytes(Operation.Txn txn) {
        int bytes = 64 + 64 * txn.compares().size();
        for (Operation operation : txn.success()) {
            bytes += operation instanceof Operation.Put put
                    ? 24 + put.key().bytes().length() + put.value().length()
                    : 64;
        }
        return bytes;
    }

    static void write(Operation.Txn txn, ByteWriter out) {
        out.number(txn.compares().size());
        txn.compares().forEach(compare -> write(compare, out));
        write(txn.success(), out);
        write(txn.failure(), out);
    }

    private static void write(List<Operation> operations, ByteWriter out) {
        out.number(operations.size());
        operations.forEach(operation -> write(operation, out));
    }

    private static void write(Compare compare, ByteWriter out) {
        switch (compare) {
            case Compare.OfNumber number -> {
                out.octet(COMPARE_NUMBER);
                write(number.range(), out);
                out.octet(COMPARE_TARGETS.indexOf(number.target()));
                out.octet(RELATIONS.indexOf(number.relation()));
                out.number(number.expected());
            }
            case Compare.OfValue value -> {
                out.octet(COMPARE_VALUE);
                write(value.range(), out);
                out.octet(RELATIONS.indexOf(value.relation()));
                out.bytes(value.expected());
            }
        }
    }

    private static void write(Operation operation, ByteWriter out) {
        switch (operation) {
            case Operation.Put put -> {
                out.octet(PUT);
                out.bytes(put.key().bytes());
                out.bytes(put.value());
                out.number(put.lease().value());
                out.octet((put.wantsPrevious() ? 1 : 0) | (put.keepsValue() ? 2 : 0) | (put.keepsLease() ? 4 : 0));
            }
            case Operation.DeleteRange delete -> {
                out.octet(DELETE);
                write(delete.range(), out);
                out.flag(delete.wantsPrevious());
            }
            case Operation.Range range -> {
                out.octet(RANGE);
                write(range, out);
            }
            case Operation.Txn txn -> {
                out.octet(TXN);
                write(txn, out);
            }
        }
    }

    private static void write(Operation.Range range, ByteWriter out) {
        write(range.range(), out);
        out.number(range.at().value());
        out.number(range.limit());
        out.octet(ORDERS.indexOf(range.order()));
        out.octet(SORT_TARGETS.indexOf(range.target()));
        out.octet((range.keysOnly() ? 1 : 0) | (range.countOnly() ? 2 : 0));
        out.number(range.filter().minModified());
        out.number(range.filter().maxModified());
        out.number(range.filter().minCreated());
        out.number(range.filter().maxCreated());
    }

    private static void write(KeyRange range, ByteWriter out) {
        Bytes end = range.end();
        out.flag(end != null);
        out.bytes(range.start());
        if (end != null) {
            out.bytes(end);
        }
    }

    static Operation.Txn read(ByteReader in) {
        int count = in.count();
        List<Compare> compares = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            compares.add(compare(in));
        }
        return new Operation.Txn(compares, operations(in), operations(in));
    }

    private static List<Operation> operations(ByteReader in) {
        int count = in.count();
        List<Operation> operations = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            operations.add(operation(in));
        }
        return operations;
    }

    private static Compare compare(ByteReader in) {
        int kind = in.octet();
        return switch (kind) {
            case COMPARE_NUMBER ->
                new Compare.OfNumber(
                        range(in), COMPARE_TARGETS.get(in.octet()), RELATIONS.get(in.octet()), in.number());
            case COMPARE_VALUE -> new Compare.OfValue(range(in), RELATIONS.get(in.octet()), in.bytes());
            default -> throw new IllegalArgumentException("an entry holds the unknown comparison " + kind);
        };
    }

    private static Operation operation(ByteReader in) {
        int kind = in.octet();
        return switch (kind) {
            case PUT -> put(in);
            case DELETE -> new Operation.DeleteRange(range(in), in.flag());
            case RANGE -> rangeRead(in);
            case TXN -> read(in);
            default -> throw new IllegalArgumentException("an entry holds the unknown operation " + kind);
        };
    }

    private static Operation.Put put(ByteReader in) {
        Key key = new Key(in.bytes());
        Bytes value = in.bytes();
        LeaseId lease = new LeaseId(in.number());
        int flags = in.octet();
        return new Operation.Put(key, value, lease, (flags & 1) != 0, (flags & 2) != 0, (flags & 4) != 0);
    }

    private static Operation.Range rangeRead(ByteReader in) {
        KeyRange range = range(in);
        Revision at = new Revision(in.number());
        long limit = in.number();
        Operation.SortOrder order = ORDERS.get(in.octet());
        Operation.SortTarget target = SORT_TARGETS.get(in.octet());
        int flags = in.octet();
        Operation.RevisionFilter filter =
                new Operation.RevisionFilter(in.number(), in.number(), in.number(), in.number());
        return new Operation.Range(range, at, limit, order, target, (flags & 1) != 0, (flags & 2) != 0, filter);
    }

    private static KeyRange range(ByteReader in) {
        boolean hasEnd = in.flag();
        Bytes start = in.bytes();
        return new KeyRange(start, hasEnd ? in.bytes() : null);
    }
}
