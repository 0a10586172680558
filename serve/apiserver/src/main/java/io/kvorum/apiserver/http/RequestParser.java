package io.kvorum.apiserver.http;

import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.apimachinery.type.GroupVersion;
import io.kvorum.http.Exchange;
import io.kvorum.http.QueryParameters;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Reads {@link RequestInfo} off a request by upstream's rules, which look at the URL's shape alone; any thread. */
public final class RequestParser {
    private static final List<String> SPECIAL_VERBS = List.of("watch", "proxy");
    private static final List<String> NAMESPACE_SUBRESOURCES = List.of("status", "finalize");

    private RequestParser() {}

    /** @throws ApiException 400 when the URL breaks off after a special verb */
    public static RequestInfo parse(Exchange exchange) {
        return parse(exchange.method(), exchange.path(), exchange.query());
    }

    /** @throws ApiException 400 when the URL breaks off after a special verb */
    public static RequestInfo parse(String method, String path, QueryParameters query) {
        List<String> parts = split(path);
        boolean isCore = parts.size() >= 3 && parts.getFirst().equals("api");
        boolean isGrouped = parts.size() >= 4 && parts.getFirst().equals("apis");
        if (!isCore && !isGrouped) {
            return nonResource(method, path);
        }
        String group = isCore ? "" : parts.get(1);
        int behindVersion = isCore ? 2 : 3;
        GroupVersion version = new GroupVersion(group, parts.get(behindVersion - 1));
        return resource(method, path, query, version, parts.subList(behindVersion, parts.size()));
    }

    private static RequestInfo nonResource(String method, String path) {
        return new RequestInfo(method.toLowerCase(Locale.ROOT), path, null, null, "", "", "", "");
    }

    private static RequestInfo resource(
            String method, String path, QueryParameters query, GroupVersion version, List<String> behindVersion) {
        List<String> parts = behindVersion;
        String verb = verb(method);
        if (SPECIAL_VERBS.contains(parts.getFirst())) {
            if (parts.size() < 2) {
                throw ApiException.badRequest("unable to determine kind and namespace from url, " + path);
            }
            verb = parts.getFirst();
            parts = parts.subList(1, parts.size());
        }
        String namespace = "";
        if (parts.getFirst().equals("namespaces") && parts.size() > 1) {
            namespace = parts.get(1);
            if (parts.size() > 2 && !NAMESPACE_SUBRESOURCES.contains(parts.get(2))) {
                parts = parts.subList(2, parts.size());
            }
        }
        String name = parts.size() >= 2 ? parts.get(1) : "";
        String subresource = parts.size() >= 3 && !verb.equals("proxy") ? parts.get(2) : "";
        String rest = parts.size() > 3 ? rest(path, parts.subList(3, parts.size())) : "";
        return new RequestInfo(
                name.isEmpty() ? collectionVerb(verb, query) : verb,
                path,
                version,
                version.resource(parts.getFirst()),
                subresource,
                rest,
                namespace,
                name);
    }

    private static String verb(String method) {
        return switch (method) {
            case "POST" -> "create";
            case "GET", "HEAD" -> "get";
            case "PUT" -> "update";
            case "PATCH" -> "patch";
            case "DELETE" -> "delete";
            default -> "";
        };
    }

    private static String collectionVerb(String verb, QueryParameters query) {
        return switch (verb) {
            case "get" -> isWatch(query) ? "watch" : "list";
            case "delete" -> "deletecollection";
            default -> verb;
        };
    }

    /** Whatever is not plainly false asks for a watch. */
    private static boolean isWatch(QueryParameters query) {
        return query.first("watch")
                .map(value -> !value.equalsIgnoreCase("false") && !value.equals("0"))
                .orElse(false);
    }

    /** Keeps a trailing slash, which means something to what stands behind a proxy. */
    private static String rest(String path, List<String> parts) {
        String joined = String.join("/", parts);
        return path.endsWith("/") ? joined + "/" : joined;
    }

    private static List<String> split(String path) {
        String trimmed = trimSlashes(path);
        return trimmed.isEmpty() ? List.of() : Arrays.asList(trimmed.split("/", -1));
    }

    private static String trimSlashes(String path) {
        int start = 0;
        int end = path.length();
        while (start < end && path.charAt(start) == '/') {
            start++;
        }
        while (end > start && path.charAt(end - 1) == '/') {
            end--;
        }
        return path.substring(start, end);
    }
}
