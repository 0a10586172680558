package io.kvorum.bench;

import io.grpc.Channel;
import java.util.random.RandomGenerator;

/** What clients do. Any thread. */
@FunctionalInterface
interface Workload {
    Caller client(int number, Channel channel, RandomGenerator random);
}
