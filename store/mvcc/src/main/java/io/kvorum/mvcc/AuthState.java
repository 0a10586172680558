package io.kvorum.mvcc;

import io.kvorum.model.Bytes;
import io.kvorum.model.KeyRange;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Users, roles and permissions at one moment.
 *
 * @param revision how often they were changed
 */
public record AuthState(
        boolean isEnabled, long revision, SortedMap<String, AuthUser> users, SortedMap<String, AuthRole> roles) {
    /** The user and the role that may do everything. */
    public static final String ROOT = "root";

    public AuthState {
        users = Collections.unmodifiableSortedMap(new TreeMap<>(users));
        roles = Collections.unmodifiableSortedMap(new TreeMap<>(roles));
    }

    /** Whether the user may change users, roles and the cluster. */
    public boolean isRoot(String user) {
        AuthUser found = users.get(user);
        return found != null && found.roles().contains(ROOT);
    }

    /** Whether the user may read, or write, the whole range: its roles' ranges must cover it without a gap. */
    public boolean permits(String user, KeyRange range, boolean writes) {
        AuthUser found = users.get(user);
        if (found == null) {
            return false;
        }
        if (found.roles().contains(ROOT)) {
            return true;
        }
        List<KeyRange> allowed = new ArrayList<>();
        for (String name : found.roles()) {
            AuthRole role = roles.get(name);
            if (role != null) {
                role.permissions().stream()
                        .filter(permission -> permission.allows(writes))
                        .forEach(permission -> allowed.add(permission.range()));
            }
        }
        allowed.sort(Comparator.comparing(KeyRange::start));
        return covers(allowed, range);
    }

    private static boolean covers(List<KeyRange> ascending, KeyRange wanted) {
        Bytes reached = wanted.start();
        for (KeyRange one : ascending) {
            if (one.start().compareTo(reached) > 0) {
                return false;
            }
            Bytes end = one.end();
            if (end == null || reaches(end, wanted.end())) {
                return true;
            }
            reached = end.compareTo(reached) > 0 ? end : reached;
        }
        return false;
    }

    private static boolean reaches(Bytes end, @Nullable Bytes wanted) {
        return wanted != null && end.compareTo(wanted) >= 0;
    }
}
