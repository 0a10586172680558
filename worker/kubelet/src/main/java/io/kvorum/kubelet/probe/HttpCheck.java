package io.kvorum.kubelet.probe;

import io.fabric8.kubernetes.api.model.HTTPGetAction;
import io.fabric8.kubernetes.api.model.HTTPHeader;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * One GET of which only the status line is read. A probe asks whether something answers, not whether to trust it, so any
 * certificate will do, as upstream. Stateless.
 */
final class HttpCheck {
    private HttpCheck() {}

    static CheckOutcome run(HTTPGetAction get, String host, int port, Duration timeout) {
        boolean tls = "HTTPS".equals(get.getScheme());
        String path = Optional.ofNullable(get.getPath())
                .filter(text -> !text.isEmpty())
                .orElse("/");
        String url = "%s://%s:%d%s".formatted(tls ? "https" : "http", host, port, path);
        try (Socket plain = new Socket()) {
            plain.connect(new InetSocketAddress(host, port), (int) timeout.toMillis());
            plain.setSoTimeout((int) timeout.toMillis());
            try (Socket socket =
                    tls ? anyCertificate().getSocketFactory().createSocket(plain, host, port, true) : plain) {
                socket.getOutputStream().write(request(get, host, port, path).getBytes(StandardCharsets.ISO_8859_1));
                socket.getOutputStream().flush();
                String line = new BufferedReader(
                                new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1))
                        .readLine();
                return judge(line);
            }
        } catch (IOException | GeneralSecurityException failure) {
            return CheckOutcome.unhealthy("Get \"%s\": %s".formatted(url, failure.getMessage()));
        }
    }

    private static CheckOutcome judge(@org.jspecify.annotations.Nullable String statusLine) {
        String[] words = statusLine == null ? new String[0] : statusLine.split(" ");
        if (words.length < 2 || !words[1].matches("[0-9]{3}")) {
            return CheckOutcome.unhealthy("malformed HTTP response");
        }
        int status = Integer.parseInt(words[1]);
        return status >= 200 && status < 400
                ? CheckOutcome.HEALTHY
                : CheckOutcome.unhealthy("HTTP probe failed with statuscode: " + status);
    }

    private static String request(HTTPGetAction get, String host, int port, String path) {
        List<HTTPHeader> headers = Optional.ofNullable(get.getHttpHeaders()).orElse(List.of());
        StringBuilder text = new StringBuilder("GET ")
                .append(path.startsWith("/") ? path : "/" + path)
                .append(" HTTP/1.1\r\n");
        if (headers.stream().noneMatch(header -> header.getName().equalsIgnoreCase("Host"))) {
            text.append("Host: ").append(host).append(':').append(port).append("\r\n");
        }
        if (headers.stream().noneMatch(header -> header.getName().equalsIgnoreCase("User-Agent"))) {
            text.append("User-Agent: kube-probe/1.36\r\n");
        }
        headers.forEach(header -> text.append(oneLine(header.getName()))
                .append(": ")
                .append(oneLine(header.getValue()))
                .append("\r\n"));
        return text.append("Accept: */*\r\nConnection: close\r\n\r\n").toString();
    }

    private static String oneLine(String text) {
        return text.replace("\r", "").replace("\n", "");
    }

    private static SSLContext anyCertificate() throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new AnyCertificate()}, null);
        return context;
    }

    private static final class AnyCertificate extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
