package io.kvorum.etcdctl.wire;

import io.etcd.jetcd.api.AuthGrpc;
import io.etcd.jetcd.api.AuthenticateRequest;
import io.grpc.Channel;
import io.grpc.ChannelCredentials;
import io.grpc.ClientInterceptors;
import io.grpc.ConnectivityState;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints and the choice among them: a call goes to the first one that lets itself be reached, beginning anywhere.
 * One thread.
 */
public final class Wire implements AutoCloseable {
    private static final Metadata.Key<String> TOKEN = Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);
    private static final Duration PAUSE = Duration.ofMillis(50);

    private final WireSettings settings;
    private final List<ManagedChannel> channels = new ArrayList<>();
    private int preferred;
    private @Nullable String token;

    private Wire(WireSettings settings) {
        this.settings = settings;
        this.preferred = new Random().nextInt(Math.max(1, settings.endpoints().size()));
    }

    /** Makes the channels and logs in. Nothing is connected before the first call. */
    public static Wire open(WireSettings settings) {
        if (settings.endpoints().isEmpty()) {
            throw new WireException(WireException.Stage.FILES, "no available endpoints");
        }
        Wire wire = new Wire(settings);
        ChannelCredentials tls = wire.needsTls() ? TlsFiles.credentials(settings) : null;
        for (String endpoint : settings.endpoints()) {
            wire.channels.add(wire.channel(endpoint, tls));
        }
        wire.logIn();
        return wire;
    }

    private boolean needsTls() {
        return !settings.cacert().isEmpty()
                || !settings.cert().isEmpty()
                || settings.endpoints().stream().anyMatch(settings::secure);
    }

    private ManagedChannel channel(String endpoint, @Nullable ChannelCredentials tls) {
        ChannelCredentials credentials =
                tls != null && settings.secure(endpoint) ? tls : InsecureChannelCredentials.create();
        String address = endpoint.replaceFirst("^[a-z]+://", "").replaceFirst("/.*$", "");
        String target = address.contains(":") ? address : address + ":2379";
        // etcd's own client never pings more often than every ten seconds
        long pingSeconds = Math.max(10, settings.keepaliveTime().toSeconds());
        return Grpc.newChannelBuilder("dns:///" + target, credentials)
                .keepAliveTime(pingSeconds, TimeUnit.SECONDS)
                .keepAliveTimeout(settings.keepaliveTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .maxInboundMessageSize(Integer.MAX_VALUE)
                .disableRetry()
                .build();
    }

    private void logIn() {
        if (!settings.credentials().complete()) {
            return;
        }
        var request = AuthenticateRequest.newBuilder()
                .setName(settings.credentials().user())
                .setPassword(settings.credentials().password())
                .build();
        try {
            token = read(channel -> AuthGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(settings.commandTimeout())
                    .authenticate(request)
                    .getToken());
        } catch (StatusRuntimeException e) {
            String text = Failures.text(e);
            if (!text.endsWith("authentication is not enabled")) {
                close();
                throw new WireException(WireException.Stage.AUTHENTICATION, text);
            }
        }
    }

    /** A call that changes nothing: another endpoint is asked while the time lasts. */
    public <T> T read(Function<Channel, T> call) {
        long end = System.nanoTime() + settings.commandTimeout().toNanos();
        while (true) {
            Channel channel = reachable(end);
            try {
                return call.apply(channel);
            } catch (StatusRuntimeException e) {
                if (e.getStatus().getCode() != Status.Code.UNAVAILABLE || System.nanoTime() - end >= 0) {
                    throw e;
                }
                preferred = (preferred + 1) % channels.size();
                pause();
            }
        }
    }

    /** A call that may change something: sent once. */
    public <T> T write(Function<Channel, T> call) {
        return call.apply(
                reachable(System.nanoTime() + settings.commandTimeout().toNanos()));
    }

    /** An endpoint that is connected, for calls that last. */
    public Channel reachable() {
        return reachable(System.nanoTime() + settings.commandTimeout().toNanos());
    }

    private Channel reachable(long end) {
        while (true) {
            for (int i = 0; i < channels.size(); i++) {
                ManagedChannel channel = channels.get(preferred);
                long patience = System.nanoTime() + settings.dialTimeout().toNanos();
                if (connected(channel, channels.size() == 1 || patience - end > 0 ? end : patience)) {
                    return authenticated(channel);
                }
                preferred = (preferred + 1) % channels.size();
            }
            if (System.nanoTime() - end >= 0) {
                throw Status.DEADLINE_EXCEEDED.asRuntimeException();
            }
            pause();
        }
    }

    private static boolean connected(ManagedChannel channel, long end) {
        while (true) {
            ConnectivityState state = channel.getState(true);
            if (state == ConnectivityState.READY) {
                return true;
            }
            CountDownLatch changed = new CountDownLatch(1);
            channel.notifyWhenStateChanged(state, changed::countDown);
            if (!await(changed, end - System.nanoTime())
                    || channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
                return channel.getState(false) == ConnectivityState.READY;
            }
        }
    }

    private static boolean await(CountDownLatch changed, long nanoseconds) {
        try {
            return changed.await(nanoseconds, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Status.CANCELLED.withDescription("interrupted").asRuntimeException();
        }
    }

    private static void pause() {
        await(new CountDownLatch(1), PAUSE.toNanos());
    }

    private Channel authenticated(Channel channel) {
        if (token == null) {
            return channel;
        }
        Metadata headers = new Metadata();
        headers.put(TOKEN, token);
        return ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    @Override
    public void close() {
        channels.forEach(ManagedChannel::shutdownNow);
    }
}
