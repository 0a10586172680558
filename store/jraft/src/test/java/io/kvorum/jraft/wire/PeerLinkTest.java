package io.kvorum.jraft.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.alipay.sofa.jraft.rpc.RpcRequests.PingRequest;
import com.google.protobuf.Message;
import io.kvorum.jraft.PeerSecurity;
import io.kvorum.raft.Member;
import io.kvorum.raft.MemberId;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeerLinkTest {
    @TempDir
    private Path folder;

    @Test
    void aPeerThatTakesTheConnectionAndNeverAnswersIsGivenUp() throws Exception {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ServerSocket silent = new ServerSocket(0, 8, loopback);
                ScheduledExecutorService timers = Executors.newSingleThreadScheduledExecutor()) {
            var there = new Member(new MemberId(2), new InetSocketAddress(loopback, silent.getLocalPort()), false);
            var here = new InetSocketAddress(loopback, 1);
            var network = new PeerNetwork(
                    new MemberId(1),
                    here,
                    new PeerSecurity.PlainOnLoopback(),
                    timers,
                    new AddressBook(folder.resolve("addresses"), new MemberId(1), here),
                    new ClusterName(folder.resolve("cluster"), 7, List.of(there)));
            PeerLink link = new PeerLink(network, PeerName.of(there), Duration.ofMillis(300), () -> {}, () -> {});

            link.awaitFirst(Duration.ofSeconds(20));

            assertThat(refusalOf(link)).contains("did not answer within PT0.3S");
            link.close();
            network.close();
        }
    }

    private static String refusalOf(PeerLink link) throws Exception {
        var refused = new CompletableFuture<String>();
        link.ask(PingRequest.getDefaultInstance(), System.nanoTime(), new Answer() {
            @Override
            public void arrived(Message answer) {
                refused.complete("answered");
            }

            @Override
            public void failed(AskFailed failure) {
                refused.complete(String.valueOf(failure.getMessage()));
            }
        });
        return refused.get(20, TimeUnit.SECONDS);
    }
}
