package io.kvorum.apiserver.authn;

import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.http.Headers;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Turns a caller into the one whom its {@code Impersonate-*} headers name, if the rules let it; any thread. */
final class Impersonation {
    private static final String AUTHENTICATION = "authentication.k8s.io";
    private static final String EXTRA_PREFIX = "impersonate-extra-";
    private static final String SERVICE_ACCOUNT_PREFIX = "system:serviceaccount:";

    private final ImpersonationRule rule;

    Impersonation(ImpersonationRule rule) {
        this.rule = rule;
    }

    Caller apply(Caller caller, Headers headers) {
        String user = headers.first("Impersonate-User").orElse("");
        List<String> groups = headers.all("Impersonate-Group");
        String uid = headers.first("Impersonate-Uid").orElse("");
        Map<String, List<String>> extra = extra(headers);
        if (user.isEmpty()) {
            if (!groups.isEmpty() || !uid.isEmpty() || !extra.isEmpty()) {
                throw ApiException.internal(
                        "requested " + groups + " " + uid + " " + extra.keySet() + " without impersonating a user");
            }
            return caller;
        }
        requireUser(caller, user);
        groups.forEach(group -> rule.require(caller, "", "groups", "", "", group));
        if (!uid.isEmpty()) {
            rule.require(caller, AUTHENTICATION, "uids", "", "", uid);
        }
        extra.forEach((key, values) ->
                values.forEach(value -> rule.require(caller, AUTHENTICATION, "userextras", key, "", value)));
        return new Caller(user, uid, groups(user, groups), extra);
    }

    private void requireUser(Caller caller, String user) {
        String[] account = account(user);
        if (account.length == 2) {
            rule.require(caller, "", "serviceaccounts", "", account[0], account[1]);
        } else {
            rule.require(caller, "", "users", "", "", user);
        }
    }

    private static List<String> groups(String user, List<String> named) {
        List<String> groups = new ArrayList<>(named);
        String[] account = account(user);
        if (groups.isEmpty() && account.length == 2) {
            groups.addAll(BearerTokens.serviceAccountGroups(account[0]));
        }
        String everybody = user.equals(Caller.ANONYMOUS.user()) ? "system:unauthenticated" : "system:authenticated";
        if (!groups.contains(everybody)) {
            groups.add(everybody);
        }
        return groups;
    }

    private static String[] account(String user) {
        return user.startsWith(SERVICE_ACCOUNT_PREFIX)
                ? user.substring(SERVICE_ACCOUNT_PREFIX.length()).split(":", -1)
                : new String[0];
    }

    private static Map<String, List<String>> extra(Headers headers) {
        Map<String, List<String>> extra = new TreeMap<>();
        headers.forEach((name, value) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            if (lower.startsWith(EXTRA_PREFIX)) {
                String key = URLDecoder.decode(lower.substring(EXTRA_PREFIX.length()), StandardCharsets.UTF_8);
                extra.computeIfAbsent(key, any -> new ArrayList<>()).add(value);
            }
        });
        return extra;
    }
}
