package io.kvorum.etcdserver;

import io.kvorum.engine.Accounts;
import io.kvorum.engine.Allowance;
import io.kvorum.engine.StoreException;
import io.kvorum.model.Key;
import io.kvorum.model.KeyRange;
import io.kvorum.mvcc.AuthProblem;
import io.kvorum.mvcc.AuthState;
import io.kvorum.mvcc.AuthUser;
import io.kvorum.mvcc.Compare;
import io.kvorum.mvcc.LeaseId;
import io.kvorum.mvcc.Operation;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;

/** Asks whether callers may do what they ask for; lets everybody pass while authentication is off. Any thread. */
final class Gate {
    private final Accounts accounts;
    private final Function<LeaseId, List<Key>> keysOf;

    Gate(Accounts accounts, Function<LeaseId, List<Key>> keysOf) {
        this.accounts = accounts;
        this.keysOf = keysOf;
    }

    /** Finds out who the current caller is. */
    Pass pass() {
        AuthState state = accounts.state();
        return state.isEnabled() ? new Pass(state, user(Caller.current())) : new Pass(state, "");
    }

    private String user(Caller caller) {
        if (!caller.token().isEmpty()) {
            return accounts.userOf(caller.token())
                    .orElseThrow(() -> new StoreException.AuthRefused(AuthProblem.INVALID_TOKEN));
        }
        return caller.commonName();
    }

    /** What one caller may do under the rules of one moment. */
    final class Pass {
        private final AuthState state;
        private final String user;

        private Pass(AuthState state, String user) {
            this.state = state;
            this.user = user;
        }

        /** To be committed only while the rules stay as they are. */
        Allowance allowance() {
            return state.isEnabled() ? new Allowance(state.revision()) : Allowance.ANYONE;
        }

        Pass reads(KeyRange range) {
            return check(range, false);
        }

        Pass writes(KeyRange range) {
            return check(range, true);
        }

        private Pass check(KeyRange range, boolean isWrite) {
            if (state.isEnabled()) {
                refuseNobody();
                if (!state.permits(user, range, isWrite)) {
                    throw denied();
                }
            }
            return this;
        }

        private void refuseNobody() {
            if (user.isEmpty()) {
                throw new StoreException.AuthRefused(AuthProblem.USER_EMPTY);
            }
        }

        private static StoreException.AuthRefused denied() {
            return new StoreException.AuthRefused(AuthProblem.PERMISSION_DENIED);
        }

        Pass isRoot() {
            if (state.isEnabled()) {
                refuseNobody();
                if (!state.users().containsKey(user)) {
                    throw new StoreException.AuthRefused(AuthProblem.USER_NOT_FOUND);
                }
                if (!state.isRoot(user)) {
                    throw denied();
                }
            }
            return this;
        }

        /** Root, or the user itself. */
        Pass isRootOr(String name) {
            return state.isEnabled() && user.equals(name) && !name.isEmpty() ? this : isRoot();
        }

        /** Root, or somebody who has the role. */
        Pass isRootOrHas(String role) {
            AuthUser found = state.users().get(user);
            return found != null && found.roles().contains(role) ? this : isRoot();
        }

        /** A lease's keys go with it, so only who may write them all may end it. */
        Pass writesKeysOf(LeaseId lease) {
            if (state.isEnabled() && !lease.equals(LeaseId.NONE)) {
                keysOf.apply(lease).forEach(key -> writes(KeyRange.single(key)));
            }
            return this;
        }

        Pass readsKeys(Collection<Key> keys) {
            keys.forEach(key -> reads(KeyRange.single(key)));
            return this;
        }

        /** As in etcd all branches count, whichever is taken. */
        Pass runs(Operation.Txn txn) {
            if (state.isEnabled()) {
                for (Compare compare : txn.compares()) {
                    reads(compare.range());
                }
                txn.success().forEach(this::runs);
                txn.failure().forEach(this::runs);
            }
            return this;
        }

        private void runs(Operation operation) {
            switch (operation) {
                case Operation.Range range -> reads(range.range());
                case Operation.Put put -> {
                    KeyRange key = KeyRange.single(put.key());
                    writes(key);
                    writesKeysOf(put.lease());
                    if (put.wantsPrevious()) {
                        reads(key);
                    }
                }
                case Operation.DeleteRange delete -> {
                    writes(delete.range());
                    if (delete.wantsPrevious()) {
                        reads(delete.range());
                    }
                }
                case Operation.Txn txn -> runs(txn);
            }
        }
    }
}
