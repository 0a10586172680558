package io.kvorum.etcdserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.kvorum.engine.EmbeddedStore;
import io.kvorum.engine.EngineConfig;
import io.kvorum.engine.OpenWatch;
import io.kvorum.engine.WatchGroup;
import io.kvorum.engine.WatchRequest;
import io.kvorum.model.Key;
import io.kvorum.model.KeyRange;
import io.kvorum.model.Revision;
import io.kvorum.raft.SingleMemberLog;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WatchCourierTest {
    @TempDir
    private Path folder;

    @Test
    void afterAFailureOfAnyKindTheStreamIsToldToEnd() throws Exception {
        var failure = new IllegalStateException("the disk cannot be read");
        var heard = new CompletableFuture<RuntimeException>();
        try (EmbeddedStore store =
                        EmbeddedStore.open(EngineConfig.in(folder), new SingleMemberLog(), InstantSource.system());
                WatchGroup<ServedWatch> group = store.watches()) {
            var courier = new WatchCourier(
                    group,
                    List.of(),
                    new Freight(new WatchOutlet(new Silent(), new WatchTally()), new Headers(store, 1), 1 << 20),
                    Duration.ofMinutes(10),
                    new WatchCourier.Told(
                            () -> {
                                throw failure;
                            },
                            (watch, compacted) -> {},
                            heard::complete));
            var start = new Revision(1);
            var watch = new ServedWatch(1, WatchCreateRequest.getDefaultInstance(), start);
            OpenWatch open = group.open(new WatchRequest(KeyRange.single(Key.of("a")), start, false), watch);
            watch.startWith(open);
            open.requestProgress();
            courier.start();

            assertThat(heard.get(20, TimeUnit.SECONDS)).isSameAs(failure);
        }
    }

    /** A client that is always ready, and nobody listens to. */
    private static final class Silent extends ServerCallStreamObserver<WatchResponse> {
        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setOnCancelHandler(Runnable act) {}

        @Override
        public void setCompression(String compression) {}

        @Override
        public void setOnReadyHandler(Runnable act) {}

        @Override
        public void disableAutoInboundFlowControl() {}

        @Override
        public void request(int count) {}

        @Override
        public void setMessageCompression(boolean isOn) {}

        @Override
        public void onNext(WatchResponse response) {}

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onCompleted() {}
    }
}
