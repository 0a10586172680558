package io.kvorum.mvcc;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.model.KeyRange;
import io.kvorum.mvcc.AuthChange.Secret;
import java.util.List;
import org.junit.jupiter.api.Test;

class AuthTest {
    private final MemoryState disk = new MemoryState();
    private Mvcc mvcc = Mvcc.restore(disk);

    private Outcome change(AuthChange change) {
        return apply(new Command.ChangeAuth(change));
    }

    private Outcome apply(Command command) {
        Changes changes = new Changes(disk);
        Outcome outcome = mvcc.apply(command, changes).outcome();
        disk.commit(changes);
        return outcome;
    }

    @Test
    void authenticationNeedsARootUserWithTheRootRole() {
        assertThat(change(new AuthChange.Enable())).isEqualTo(new Outcome.AuthRefused(AuthProblem.ROOT_USER_MISSING));
        change(new AuthChange.AddUser("root", new Secret("x"), true));
        assertThat(change(new AuthChange.Enable())).isEqualTo(new Outcome.AuthRefused(AuthProblem.ROOT_ROLE_MISSING));
        change(new AuthChange.GrantRole("root", "root"));
        assertThat(change(new AuthChange.Enable())).isEqualTo(new Outcome.Changed());
        assertThat(change(new AuthChange.DeleteUser("root")))
                .isEqualTo(new Outcome.AuthRefused(AuthProblem.INVALID_MANAGEMENT));
        assertThat(change(new AuthChange.RevokeRole("root", "root")))
                .isEqualTo(new Outcome.AuthRefused(AuthProblem.INVALID_MANAGEMENT));
    }

    @Test
    void usersAndRolesOutliveARestart() {
        reader("ann", "a", "c");
        AuthState before = mvcc.auth();
        mvcc = Mvcc.restore(disk);
        assertThat(mvcc.auth()).isEqualTo(before);
    }

    @Test
    void aRangeIsPermittedWhenTheRolesCoverItWithoutAGap() {
        reader("ann", "a", "c");
        change(new AuthChange.AddRole("more"));
        change(new AuthChange.GrantPermission("more", permission(Permission.Kind.READ_WRITE, "c", "f")));
        assertThat(mvcc.auth().permits("ann", range("a", "d"), false)).isFalse();
        change(new AuthChange.GrantRole("ann", "more"));

        assertThat(mvcc.auth().permits("ann", range("a", "d"), false)).isTrue();
        assertThat(mvcc.auth().permits("ann", range("a", "d"), true)).isFalse();
        assertThat(mvcc.auth().permits("ann", range("c", "d"), true)).isTrue();
        assertThat(mvcc.auth().permits("ann", range("a", "g"), false)).isFalse();
        assertThat(mvcc.auth().permits("ann", KeyRange.from(Key.of("a")), false))
                .isFalse();
        assertThat(mvcc.auth().permits("bob", range("a", "b"), false)).isFalse();
    }

    @Test
    void aDeletedRoleIsTakenFromItsUsers() {
        reader("ann", "a", "c");
        change(new AuthChange.DeleteRole("ann-reads"));
        assertThat(mvcc.auth().users().get("ann").roles()).isEmpty();
    }

    @Test
    void whoWasAllowedUnderOlderRulesIsSentBack() {
        change(new AuthChange.AddUser("root", new Secret("x"), true));
        change(new AuthChange.GrantRole("root", "root"));
        change(new AuthChange.Enable());
        long revision = mvcc.auth().revision();
        Command put = new Command.Transact(
                new Operation.Txn(List.of(), List.of(new Operation.Put(Key.of("a"), Bytes.utf8("1"))), List.of()));
        assertThat(apply(new Command.Authorized(revision, put))).isInstanceOf(Outcome.Transacted.class);
        change(new AuthChange.AddRole("new"));
        assertThat(apply(new Command.Authorized(revision, put)))
                .isEqualTo(new Outcome.AuthRefused(AuthProblem.OLD_REVISION));
    }

    private void reader(String user, String from, String to) {
        change(new AuthChange.AddUser(user, new Secret("x"), true));
        change(new AuthChange.AddRole(user + "-reads"));
        change(new AuthChange.GrantPermission(user + "-reads", permission(Permission.Kind.READ, from, to)));
        change(new AuthChange.GrantRole(user, user + "-reads"));
    }

    private static Permission permission(Permission.Kind kind, String from, String to) {
        return new Permission(kind, Bytes.utf8(from), Bytes.utf8(to));
    }

    private static KeyRange range(String from, String to) {
        return KeyRange.between(Bytes.utf8(from), Bytes.utf8(to));
    }
}
