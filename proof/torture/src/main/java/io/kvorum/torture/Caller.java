package io.kvorum.torture;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.Compare;
import io.etcd.jetcd.api.Compare.CompareResult;
import io.etcd.jetcd.api.Compare.CompareTarget;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.KVGrpc.KVBlockingStub;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.ResponseOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import io.grpc.StatusRuntimeException;
import io.kvorum.simulation.linearizability.Transactions;
import io.kvorum.torture.Deed.Echo;
import io.kvorum.torture.Deed.Life;
import io.kvorum.torture.Deed.Versioned;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Makes one client's calls, each once, at whichever member, and writes down what came of them. One thread. */
final class Caller {
    private final int client;
    private final Rack rack;
    private final Random random;
    private final Book book;
    private final Tally tally;

    Caller(int client, Rack rack, Random random, Book book, Tally tally) {
        this.client = client;
        this.rack = rack;
        this.random = random;
        this.book = book;
        this.tally = tally;
    }

    Random random() {
        return random;
    }

    Seat anySeat() {
        List<Seat> seats = rack.taken();
        return seats.get(random.nextInt(seats.size()));
    }

    /** @return what was heard, or null when that is not known */
    @Nullable
    Echo call(String group, Transactions.Input input) {
        return call(anySeat(), group, input, false);
    }

    @Nullable
    Echo call(Seat seat, String group, Transactions.Input input, boolean isSerializable) {
        int starts = seat.starts();
        long calledAt = System.nanoTime();
        Echo echo;
        try {
            echo = send(rack.door(seat.host()).kv(patience()), input, isSerializable);
        } catch (StatusRuntimeException e) {
            tally.failed(e.getStatus());
            echo = null;
        }
        long answeredAt = System.nanoTime();
        Optional<Life> life = starts == seat.starts() ? Optional.of(new Life(seat.host(), starts)) : Optional.empty();
        var deed = new Deed(client, group, life, isSerializable, input, calledAt, echo, answeredAt);
        if (echo != null || deed.isWrite()) {
            book.note(deed);
        }
        if (echo != null) {
            tally.answered(deed);
        }
        return echo;
    }

    Duration patience() {
        return Duration.ofMillis(500 + random.nextLong(3000));
    }

    private static Echo send(KVBlockingStub kv, Transactions.Input input, boolean isSerializable) {
        boolean isPlain = input.expected().isEmpty();
        if (isPlain && input.writes().isEmpty() && input.reads().size() == 1) {
            RangeResponse found = kv.range(read(input.reads().getFirst(), isSerializable));
            return new Echo(found.getHeader().getRevision(), true, List.of(value(found)));
        }
        if (isPlain && input.writes().size() == 1 && input.reads().isEmpty()) {
            Map.Entry<String, Optional<String>> write =
                    input.writes().entrySet().iterator().next();
            return new Echo(write(kv, write.getKey(), write.getValue()), true, List.of());
        }
        TxnResponse done = kv.txn(transaction(input, isSerializable));
        return new Echo(done.getHeader().getRevision(), done.getSucceeded(), values(done));
    }

    private static long write(KVBlockingStub kv, String key, Optional<String> value) {
        if (value.isPresent()) {
            return kv.put(put(key, value.get())).getHeader().getRevision();
        }
        return kv.deleteRange(delete(key)).getHeader().getRevision();
    }

    private static RangeRequest read(String key, boolean isSerializable) {
        return RangeRequest.newBuilder()
                .setKey(bytes(key))
                .setSerializable(isSerializable)
                .build();
    }

    private static PutRequest put(String key, String value) {
        return PutRequest.newBuilder().setKey(bytes(key)).setValue(bytes(value)).build();
    }

    private static DeleteRangeRequest delete(String key) {
        return DeleteRangeRequest.newBuilder().setKey(bytes(key)).build();
    }

    private static TxnRequest transaction(Transactions.Input input, boolean isSerializable) {
        var txn = TxnRequest.newBuilder();
        input.expected().forEach((key, value) -> txn.addCompare(compare(key, value)));
        input.writes()
                .forEach((key, value) -> txn.addSuccess(
                        value.map(present -> RequestOp.newBuilder().setRequestPut(put(key, present)))
                                .orElseGet(() -> RequestOp.newBuilder().setRequestDeleteRange(delete(key)))));
        for (String key : input.reads()) {
            var read = RequestOp.newBuilder().setRequestRange(read(key, isSerializable));
            txn.addSuccess(read).addFailure(read);
        }
        return txn.build();
    }

    private static Compare compare(String key, Optional<String> value) {
        var compare = Compare.newBuilder().setKey(bytes(key)).setResult(CompareResult.EQUAL);
        return value.map(present -> compare.setTarget(CompareTarget.VALUE)
                        .setValue(bytes(present))
                        .build())
                .orElseGet(() -> compare.setTarget(CompareTarget.CREATE)
                        .setCreateRevision(0)
                        .build());
    }

    private static List<Optional<Versioned>> values(TxnResponse done) {
        List<Optional<Versioned>> values = new ArrayList<>();
        for (ResponseOp response : done.getResponsesList()) {
            if (response.hasResponseRange()) {
                values.add(value(response.getResponseRange()));
            }
        }
        return values;
    }

    private static Optional<Versioned> value(RangeResponse found) {
        if (found.getKvsCount() == 0) {
            return Optional.empty();
        }
        KeyValue first = found.getKvs(0);
        return Optional.of(new Versioned(first.getValue().toStringUtf8(), first.getModRevision()));
    }

    private static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }
}
