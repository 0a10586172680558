package io.kvorum.scheduler;

import java.util.random.RandomGenerator;

/** Which pods are ours, by {@code spec.schedulerName}; where lots are drawn; and the host our events name. */
public record SchedulerConfig(String schedulerName, RandomGenerator random, String host) {
    public static SchedulerConfig defaults(RandomGenerator random, String host) {
        return new SchedulerConfig("default-scheduler", random, host);
    }
}
