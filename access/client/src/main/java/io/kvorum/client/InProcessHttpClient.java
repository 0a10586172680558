package io.kvorum.client;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.StandardHttpClient;
import io.fabric8.kubernetes.client.http.StandardHttpClientBuilder;
import io.fabric8.kubernetes.client.http.StandardHttpHeaders;
import io.fabric8.kubernetes.client.http.StandardHttpRequest;
import io.fabric8.kubernetes.client.http.StandardWebSocketBuilder;
import io.fabric8.kubernetes.client.http.WebSocket;
import io.fabric8.kubernetes.client.http.WebSocketHandshakeException;
import io.fabric8.kubernetes.client.http.WebSocketResponse;
import io.fabric8.kubernetes.client.http.WebSocketUpgradeResponse;
import io.kvorum.http.Headers;
import io.kvorum.http.LocalCall;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** fabric8's HTTP client on a local call: one virtual thread per request. Safe from any thread. */
final class InProcessHttpClient
        extends StandardHttpClient<
                InProcessHttpClient,
                InProcessHttpClientFactory,
                StandardHttpClientBuilder<InProcessHttpClient, InProcessHttpClientFactory, ?>> {
    private final LocalCall call;
    private final OpenBodies open;

    @SuppressWarnings(
            "unchecked") // fabric8's builder names itself in its third parameter, which nothing else can spell
    InProcessHttpClient(
            StandardHttpClientBuilder<InProcessHttpClient, InProcessHttpClientFactory, ?> builder,
            AtomicBoolean closed,
            LocalCall call,
            OpenBodies open) {
        super((StandardHttpClientBuilder) builder, closed);
        this.call = call;
        this.open = open;
    }

    OpenBodies open() {
        return open;
    }

    @Override
    public CompletableFuture<HttpResponse<AsyncBody>> consumeBytesDirect(
            StandardHttpRequest request, AsyncBody.Consumer<List<ByteBuffer>> consumer) {
        var answer = new CompletableFuture<HttpResponse<AsyncBody>>();
        Thread.ofVirtual().name("in-process " + request.method()).start(() -> converse(request, consumer, answer));
        return answer;
    }

    private void converse(
            StandardHttpRequest request,
            AsyncBody.Consumer<List<ByteBuffer>> consumer,
            CompletableFuture<HttpResponse<AsyncBody>> answer) {
        InProcessBody body;
        try {
            LocalCall.Response response =
                    call.send(request.method(), pathAndQuery(request.uri()), headersOf(request), bodyOf(request));
            body = new InProcessBody(response.body(), consumer);
            open.add(body);
            answer.complete(new Answer(response.status(), fieldsOf(response.headers()), body, request));
        } catch (Exception e) { // the top of this thread: whatever broke belongs to the caller
            answer.completeExceptionally(e);
            return;
        }
        if (answer.isCancelled() || isClosed()) {
            body.cancel();
        }
        try {
            body.pump();
        } finally {
            open.remove(body);
        }
    }

    @Override
    public CompletableFuture<WebSocketResponse> buildWebSocketDirect(
            StandardWebSocketBuilder builder, WebSocket.Listener listener) {
        var refusal = new WebSocketUpgradeResponse(builder.asHttpRequest(), 400);
        return CompletableFuture.completedFuture(
                new WebSocketResponse(refusal, new WebSocketHandshakeException(refusal)));
    }

    @Override
    protected void doClose() {
        open.cancelAll();
    }

    private static String pathAndQuery(URI uri) {
        String query = uri.getRawQuery();
        return query == null ? uri.getRawPath() : uri.getRawPath() + "?" + query;
    }

    private static Headers headersOf(StandardHttpRequest request) {
        Headers headers = new Headers();
        request.headers().forEach((name, values) -> values.forEach(value -> headers.add(name, value)));
        if (request.getContentType() != null && headers.first("Content-Type").isEmpty()) {
            headers.set("Content-Type", request.getContentType());
        }
        return headers;
    }

    private static InputStream bodyOf(StandardHttpRequest request) {
        StandardHttpRequest.@Nullable BodyContent body = request.body();
        if (body instanceof StandardHttpRequest.StringBodyContent text) {
            return new ByteArrayInputStream(text.getContent().getBytes(StandardCharsets.UTF_8));
        } else if (body instanceof StandardHttpRequest.ByteArrayBodyContent bytes) {
            return new ByteArrayInputStream(bytes.getContent());
        } else if (body instanceof StandardHttpRequest.InputStreamBodyContent stream) {
            return stream.getContent();
        }
        return InputStream.nullInputStream();
    }

    private static Map<String, List<String>> fieldsOf(Headers headers) {
        Map<String, List<String>> fields = new LinkedHashMap<>();
        headers.forEach((name, value) -> fields.put(name, headers.all(name)));
        return fields;
    }

    /** The status line and headers with the body behind them. */
    private static final class Answer extends StandardHttpHeaders implements HttpResponse<AsyncBody> {
        private final int status;
        private final AsyncBody body;
        private final HttpRequest request;

        Answer(int status, Map<String, List<String>> headers, AsyncBody body, HttpRequest request) {
            super(headers);
            this.status = status;
            this.body = body;
            this.request = request;
        }

        @Override
        public int code() {
            return status;
        }

        @Override
        public AsyncBody body() {
            return body;
        }

        @Override
        public HttpRequest request() {
            return request;
        }

        @Override
        public Optional<HttpResponse<?>> previousResponse() {
            return Optional.empty();
        }
    }
}
