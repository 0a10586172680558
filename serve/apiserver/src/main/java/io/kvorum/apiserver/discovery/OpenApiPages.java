package io.kvorum.apiserver.discovery;

import io.kvorum.apimachinery.openapi.OpenApiV2;
import io.kvorum.apimachinery.openapi.OpenApiV3;
import io.kvorum.apimachinery.type.Catalogue;
import io.kvorum.apimachinery.type.GroupVersion;
import io.kvorum.http.Exchange;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import tools.jackson.databind.json.JsonMapper;

/** {@code /openapi/v2} and {@code /openapi/v3}, kept packed and sent packed to those who accept it; any thread. */
final class OpenApiPages {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String JSON_TYPE = "application/json";

    private final OpenApiV2 v2;
    private final OpenApiV3 v3;

    OpenApiPages(Catalogue catalogue, String serverVersion) {
        this.v2 = new OpenApiV2(catalogue, serverVersion);
        this.v3 = new OpenApiV3(catalogue, serverVersion);
    }

    void show(Exchange exchange, String path) throws IOException {
        if (path.equals("/openapi/v2")) {
            showV2(exchange);
        } else if (path.equals("/openapi/v3")) {
            exchange.respond(200, JSON_TYPE, JSON.writeValueAsBytes(v3.index()));
        } else {
            Optional<GroupVersion> wanted = groupVersion(path).filter(v3::has);
            if (wanted.isPresent()) {
                document(exchange, wanted.get());
            } else {
                ServerPages.notFound(exchange);
            }
        }
    }

    /** Go clients ask for protobuf and nothing else here. */
    private void showV2(Exchange exchange) throws IOException {
        String accept = String.join(",", exchange.requestHeaders().all("Accept"));
        if (accept.contains(OpenApiV2.PROTOBUF_ASKED) || accept.contains(OpenApiV2.PROTOBUF_ANSWERED)) {
            packed(exchange, v2.hash() + "-pb", OpenApiV2.PROTOBUF_ANSWERED, v2.gzipProtobuf());
        } else {
            packed(exchange, v2.hash(), JSON_TYPE, v2.gzip());
        }
    }

    private void document(Exchange exchange, GroupVersion groupVersion) throws IOException {
        String hash = v3.hash(groupVersion);
        if (exchange.query().first("hash").filter(hash::equals).isPresent()) {
            exchange.responseHeaders().set("Cache-Control", "public, immutable");
        }
        packed(exchange, hash, JSON_TYPE, v3.gzip(groupVersion));
    }

    private static Optional<GroupVersion> groupVersion(String path) {
        List<String> parts = Arrays.asList(path.split("/", -1));
        return switch (parts.size()) {
            case 5 -> parts.get(3).equals("api") ? Optional.of(new GroupVersion("", parts.get(4))) : Optional.empty();
            case 6 ->
                parts.get(3).equals("apis")
                        ? Optional.of(new GroupVersion(parts.get(4), parts.get(5)))
                        : Optional.empty();
            default -> Optional.empty();
        };
    }

    private static void packed(Exchange exchange, String hash, String type, byte[] gzip) throws IOException {
        String tag = "\"" + hash + "\"";
        exchange.responseHeaders().set("ETag", tag).set("Vary", "Accept-Encoding, Accept");
        if (exchange.requestHeaders().first("If-None-Match").filter(tag::equals).isPresent()) {
            exchange.respond(304).close();
            return;
        }
        boolean acceptsGzip =
                exchange.requestHeaders().all("Accept-Encoding").stream().anyMatch(value -> value.contains("gzip"));
        if (acceptsGzip) {
            exchange.responseHeaders().set("Content-Encoding", "gzip");
            exchange.respond(200, type, gzip);
            return;
        }
        exchange.responseHeaders().set("Content-Type", type);
        try (OutputStream out = exchange.respond(200);
                GZIPInputStream plain = new GZIPInputStream(new ByteArrayInputStream(gzip))) {
            if (!exchange.method().equals("HEAD")) {
                plain.transferTo(out);
            }
        }
    }
}
