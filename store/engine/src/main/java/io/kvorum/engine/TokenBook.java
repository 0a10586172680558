package io.kvorum.engine;

import io.kvorum.mvcc.AuthChange;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/** The tokens users have come in with; in memory only, as in etcd. The oldest go when there are too many. Any thread. */
final class TokenBook {
    /** As in etcd: a token that nobody shows for so long is forgotten. */
    private static final Duration LIFETIME = Duration.ofMinutes(5);

    private static final int MOST = 10_000;

    private final LongSupplier nanoTime;
    /** Least recently used first. */
    private final Map<String, Held> tokens = new LinkedHashMap<>(64, 0.75f, true);

    TokenBook(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    private record Held(String user, long deadline) {}

    synchronized Optional<String> userOf(String token) {
        Held held = tokens.get(token);
        if (held == null || held.deadline() < nanoTime.getAsLong()) {
            return Optional.empty();
        }
        tokens.put(token, fresh(held.user()));
        return Optional.of(held.user());
    }

    private Held fresh(String user) {
        return new Held(user, nanoTime.getAsLong() + LIFETIME.toNanos());
    }

    /** An applied change of users: whoever it throws out must come in again. */
    synchronized void changed(AuthChange change) {
        switch (change) {
            case AuthChange.AssignToken assign -> assign(assign.token().text(), assign.user());
            case AuthChange.Disable ignored -> tokens.clear();
            case AuthChange.DeleteUser delete -> throwOut(delete.user());
            case AuthChange.ChangePassword password -> throwOut(password.user());
            case AuthChange.Enable ignored -> {}
            case AuthChange.AddUser ignored -> {}
            case AuthChange.GrantRole ignored -> {}
            case AuthChange.RevokeRole ignored -> {}
            case AuthChange.AddRole ignored -> {}
            case AuthChange.DeleteRole ignored -> {}
            case AuthChange.GrantPermission ignored -> {}
            case AuthChange.RevokePermission ignored -> {}
        }
    }

    private void assign(String token, String user) {
        tokens.put(token, fresh(user));
        Iterator<Held> oldest = tokens.values().iterator();
        while (oldest.hasNext()) {
            boolean isOver = oldest.next().deadline() < nanoTime.getAsLong();
            if (!isOver && tokens.size() <= MOST) {
                return;
            }
            oldest.remove();
        }
    }

    private void throwOut(String user) {
        tokens.values().removeIf(held -> held.user().equals(user));
    }
}
