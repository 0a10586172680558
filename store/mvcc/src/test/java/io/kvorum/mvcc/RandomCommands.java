package io.kvorum.mvcc;

import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.model.KeyRange;
import io.kvorum.model.Revision;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Commands over few keys, so that they meet. */
final class RandomCommands {
    private static final int KEYS = 12;
    private static final int LEASES = 4;

    private final RandomGenerator random;
    private final Supplier<Long> revision;

    RandomCommands(RandomGenerator random, Supplier<Long> revision) {
        this.random = random;
        this.revision = revision;
    }

    Command next() {
        int dice = random.nextInt(100);
        if (dice < 86) {
            return new Command.Transact(txn(2));
        }
        if (dice < 90) {
            return new Command.Compact(new Revision(Math.max(0, revision.get() - random.nextInt(-2, 30))));
        }
        LeaseId lease = new LeaseId(1 + random.nextInt(LEASES));
        if (dice < 94) {
            return new Command.LeaseGrant(lease, 60);
        }
        return dice < 97 ? new Command.LeaseRevoke(lease) : new Command.LeaseCheckpoint(lease, 30);
    }

    private Operation.Txn txn(int depth) {
        return new Operation.Txn(list(2, this::compare), branch(depth), branch(depth));
    }

    private List<Operation> branch(int depth) {
        return list(4, () -> operation(depth));
    }

    private <T> List<T> list(int below, Supplier<T> one) {
        List<T> list = new ArrayList<>();
        for (int left = random.nextInt(below); left > 0; left--) {
            list.add(one.get());
        }
        return list;
    }

    private Operation operation(int depth) {
        int dice = random.nextInt(100);
        if (dice < 55) {
            return put();
        }
        if (dice < 65) {
            return new Operation.DeleteRange(range(), random.nextBoolean());
        }
        return dice < 85 || depth == 0 ? read() : txn(depth - 1);
    }

    private Operation put() {
        LeaseId lease = random.nextInt(4) == 0 ? new LeaseId(1 + random.nextInt(LEASES)) : LeaseId.NONE;
        return new Operation.Put(
                key(), value(), lease, random.nextBoolean(), random.nextInt(10) == 0, random.nextInt(10) == 0);
    }

    Operation.Range read() {
        long at = random.nextInt(3) > 0 ? 0 : Math.max(0, revision.get() - random.nextInt(-1, 40));
        return new Operation.Range(
                range(),
                new Revision(at),
                random.nextInt(3) == 0 ? random.nextInt(1, 5) : 0,
                pick(Operation.SortOrder.values()),
                pick(Operation.SortTarget.values()),
                random.nextInt(5) == 0,
                random.nextInt(5) == 0,
                random.nextInt(3) > 0
                        ? Operation.RevisionFilter.NONE
                        : new Operation.RevisionFilter(bound(), bound(), bound(), bound()));
    }

    private long bound() {
        return random.nextInt(3) > 0 ? 0 : random.nextLong(1, revision.get() + 2);
    }

    private Compare compare() {
        Compare.Relation relation = pick(Compare.Relation.values());
        if (random.nextInt(3) == 0) {
            return new Compare.OfValue(range(), relation, value());
        }
        Compare.Target target = pick(Compare.Target.values());
        long expected = switch (target) {
            case VERSION -> random.nextInt(4);
            case LEASE -> random.nextInt(LEASES + 1);
            case CREATED, MODIFIED -> Math.max(0, revision.get() - random.nextInt(20));
        };
        return new Compare.OfNumber(range(), target, relation, expected);
    }

    KeyRange range() {
        return switch (random.nextInt(5)) {
            case 0, 1 -> KeyRange.single(key());
            case 2 -> KeyRange.from(key());
            case 3 -> KeyRange.prefix(Key.of("k"));
            default -> KeyRange.between(key().bytes(), key().bytes());
        };
    }

    private Key key() {
        return Key.of("k%02d".formatted(random.nextInt(KEYS)));
    }

    private Bytes value() {
        return Bytes.utf8("v" + random.nextInt(5));
    }

    private <T> T pick(T[] values) {
        return values[random.nextInt(values.length)];
    }
}
