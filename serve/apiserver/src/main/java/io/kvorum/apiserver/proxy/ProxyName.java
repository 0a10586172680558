package io.kvorum.apiserver.proxy;

import io.kvorum.apimachinery.status.ApiException;

/**
 * The name in a proxy's URL, which may also tell how to speak and to which port: {@code name}, {@code name:port} or
 * {@code scheme:name:port}.
 *
 * @param port a number, a port's name, or empty
 */
record ProxyName(boolean isHttps, String name, String port) {
    static ProxyName parse(String text) {
        String[] parts = text.split(":", -1);
        return switch (parts.length) {
            case 1 -> new ProxyName(false, parts[0], "");
            case 2 -> new ProxyName(false, parts[0], parts[1]);
            case 3 -> new ProxyName(isHttps(text, parts[0]), parts[1], parts[2]);
            default -> throw malformed(text);
        };
    }

    private static boolean isHttps(String text, String scheme) {
        return switch (scheme) {
            case "https" -> true;
            case "http", "" -> false;
            default -> throw malformed(text);
        };
    }

    private static ApiException malformed(String text) {
        return ApiException.badRequest(
                "invalid proxy request \"" + text + "\": want name, name:port or scheme:name:port");
    }

    Backend.Kind kind() {
        return isHttps ? Backend.Kind.POD_HTTPS : Backend.Kind.POD_HTTP;
    }
}
