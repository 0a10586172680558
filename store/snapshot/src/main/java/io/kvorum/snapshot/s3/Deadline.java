package io.kvorum.snapshot.s3;

import java.time.Duration;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;

/** When one piece of work with a bucket must be over, however many requests it takes. Immutable. */
record Deadline(long atNanos, Duration limit) {
    static Deadline in(Duration limit) {
        return new Deadline(System.nanoTime() + limit.toNanos(), limit);
    }

    void limit(AwsRequestOverrideConfiguration.Builder request) {
        Duration left = Duration.ofNanos(atNanos - System.nanoTime());
        if (!left.isPositive()) {
            throw new BucketFailure("it took longer than the %d s of --etcd-s3-timeout".formatted(limit.toSeconds()));
        }
        request.apiCallTimeout(left);
    }
}
