package io.kvorum.client;

import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.StandardHttpClientBuilder;
import io.kvorum.http.LocalCall;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Makes fabric8 HTTP clients that end in a local call. Safe from any thread. */
final class InProcessHttpClientFactory implements HttpClient.Factory {
    private final LocalCall call;

    InProcessHttpClientFactory(LocalCall call) {
        this.call = call;
    }

    @Override
    public HttpClient.Builder newBuilder() {
        return new Builder(this);
    }

    private static final class Builder
            extends StandardHttpClientBuilder<InProcessHttpClient, InProcessHttpClientFactory, Builder> {
        Builder(InProcessHttpClientFactory factory) {
            super(factory);
        }

        @Override
        public HttpClient build() {
            @Nullable InProcessHttpClient parent = client;
            OpenBodies open = parent == null ? new OpenBodies() : parent.open();
            AtomicBoolean closed = parent == null ? new AtomicBoolean() : parent.getClosed();
            return new InProcessHttpClient(this, closed, clientFactory.call, open);
        }

        @Override
        protected Builder newInstance(InProcessHttpClientFactory factory) {
            return new Builder(factory);
        }
    }
}
