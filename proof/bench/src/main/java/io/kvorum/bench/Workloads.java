package io.kvorum.bench;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.LeaseGrantRequest;
import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.grpc.Channel;
import java.util.List;
import java.util.random.RandomGenerator;

/** The kinds of load. Stateless; any thread. */
final class Workloads {
    /** Longer than any run, so that no expiry falls into a measurement. */
    static final long LEASE_SECONDS = 7200;

    private Workloads() {}

    static Caller puts(int number, Channel channel, RandomGenerator random) {
        KVGrpc.KVStub keys = KVGrpc.newStub(channel);
        ByteString value = Keys.value(random);
        return ending -> keys.put(
                PutRequest.newBuilder()
                        .setKey(Keys.put(random.nextInt(Keys.SPACE)))
                        .setValue(value)
                        .build(),
                new Caller.Reply<>(ending));
    }

    static Caller gets(int number, Channel channel, RandomGenerator random) {
        return gets(channel, random, false);
    }

    static Caller serializableGets(int number, Channel channel, RandomGenerator random) {
        return gets(channel, random, true);
    }

    private static Caller gets(Channel channel, RandomGenerator random, boolean isSerializable) {
        KVGrpc.KVStub keys = KVGrpc.newStub(channel);
        return ending -> keys.range(
                RangeRequest.newBuilder()
                        .setKey(Keys.stored(random.nextInt(Keys.STORED)))
                        .setSerializable(isSerializable)
                        .build(),
                new Caller.Reply<>(ending));
    }

    /** Four linearizable gets to a put. */
    static Caller mixed(int number, Channel channel, RandomGenerator random) {
        Caller gets = gets(number, channel, random);
        Caller puts = puts(number, channel, random);
        return ending -> (random.nextInt(5) == 0 ? puts : gets).call(ending);
    }

    static Caller ranges(int number, Channel channel, RandomGenerator random) {
        KVGrpc.KVStub keys = KVGrpc.newStub(channel);
        RangeRequest request = RangeRequest.newBuilder()
                .setKey(Keys.rangeStart())
                .setRangeEnd(Keys.rangeEnd())
                .build();
        return ending -> keys.range(request, new Caller.Reply<>(ending));
    }

    static Caller updates(int number, Channel channel, RandomGenerator random) {
        return new ObjectUpdates(Keys.own(number), KVGrpc.newStub(channel), Keys.value(random));
    }

    static Caller grants(int number, Channel channel, RandomGenerator random) {
        LeaseGrpc.LeaseStub leases = LeaseGrpc.newStub(channel);
        LeaseGrantRequest request =
                LeaseGrantRequest.newBuilder().setTTL(LEASE_SECONDS).build();
        return ending -> leases.leaseGrant(request, new Caller.Reply<>(ending));
    }

    static Caller keepAlives(int number, Channel channel, RandomGenerator random) {
        return new KeepAlives(LeaseGrpc.newStub(channel));
    }

    /** Everything in turn, so that nothing is measured cold. */
    static Caller everything(int number, Channel channel, RandomGenerator random) {
        List<Caller> all = List.of(
                puts(number, channel, random),
                gets(number, channel, random),
                serializableGets(number, channel, random),
                updates(number, channel, random));
        Caller ranges = ranges(number, channel, random);
        return ending -> (random.nextInt(100) == 0 ? ranges : all.get(random.nextInt(all.size()))).call(ending);
    }
}
