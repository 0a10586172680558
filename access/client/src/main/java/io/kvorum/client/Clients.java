package io.kvorum.client;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.kvorum.http.Endpoint;
import io.kvorum.http.LocalCall;
import java.net.URI;
import java.net.http.HttpClient;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.TrustManager;

/** The two ways to the API server: straight into it within this process, or over TLS. Safe from any thread. */
public final class Clients {
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);

    private Clients() {}

    /** A client that calls the endpoint without a socket, as the bearer of {@code identity} (leaf certificate first). */
    public static KubernetesClient inProcess(Endpoint endpoint, List<X509Certificate> identity) {
        List<X509Certificate> chain = List.copyOf(identity);
        return inProcess(endpoint, () -> chain);
    }

    /** As the other, by an identity that is asked for anew for each call. */
    public static KubernetesClient inProcess(Endpoint endpoint, Supplier<List<X509Certificate>> identity) {
        Config config = settings().withMasterUrl("http://in-process.invalid/").build();
        return new KubernetesClientBuilder()
                .withConfig(config)
                .withHttpClientFactory(new InProcessHttpClientFactory(LocalCall.to(endpoint, identity)))
                .withTaskExecutor(virtualThreads("client-"))
                .build();
    }

    /** A client for {@code https://host:port}; certificates and tokens are asked for anew per connection and per request. */
    public static KubernetesClient overTls(URI server, TlsMaterial material) {
        ConfigBuilder settings = settings().withMasterUrl(server.toString());
        material.token().ifPresent(token -> settings.withOauthTokenProvider(token::get));
        return new KubernetesClientBuilder()
                .withConfig(settings.build())
                .withHttpClientFactory(new VirtualThreadHttpFactory())
                .withHttpClientBuilderConsumer(http -> http.sslContext(
                        material.identity().stream().toArray(KeyManager[]::new), new TrustManager[] {material.trust()}))
                .withTaskExecutor(virtualThreads("client-"))
                .build();
    }

    private static ConfigBuilder settings() {
        return new ConfigBuilder(Config.empty())
                .withOnlyHttpWatches(true) // a refused WebSocket would hang an informer's start
                .withRequestTimeout((int) REQUEST_TIMEOUT.toMillis())
                .withRequestRetryBackoffLimit(3)
                .withMaxConcurrentRequests(1024)
                .withMaxConcurrentRequestsPerHost(1024)
                .withNamespace(null);
    }

    private static Executor virtualThreads(String name) {
        var threads = Thread.ofVirtual().name(name, 0).factory();
        return task -> threads.newThread(task).start();
    }

    /** The JDK's HTTP client with its callbacks on virtual threads. */
    private static final class VirtualThreadHttpFactory extends JdkHttpClientFactory {
        @Override
        protected HttpClient.Builder createNewHttpClientBuilder() {
            return HttpClient.newBuilder().executor(virtualThreads("client-http-"));
        }
    }
}
