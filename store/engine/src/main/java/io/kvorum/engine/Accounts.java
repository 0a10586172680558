package io.kvorum.engine;

import io.kvorum.mvcc.AuthChange;
import io.kvorum.mvcc.AuthProblem;
import io.kvorum.mvcc.AuthState;
import io.kvorum.mvcc.AuthUser;
import io.kvorum.mvcc.Command;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Optional;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;

/** Users, roles and permissions, and who comes in. Any thread; calls block. */
public final class Accounts {
    /** etcd's default. */
    private static final int BCRYPT_COST = 10;

    private static final int SALT_BYTES = 16;
    private static final int TOKEN_LETTERS = 16;
    private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private final ReplicaSeat seat;
    private final Proposer proposer;
    private final TokenBook tokens;
    private final SecureRandom random = new SecureRandom();

    Accounts(ReplicaSeat seat, Proposer proposer, TokenBook tokens) {
        this.seat = seat;
        this.proposer = proposer;
        this.tokens = tokens;
    }

    /** Who may do what now, as this member knows. */
    public AuthState state() {
        return seat.current().mvcc().auth();
    }

    public void change(AuthChange change, Allowance allowance) {
        proposer.propose(allowance.of(new Command.ChangeAuth(change)), null);
    }

    /** A password as it is kept. */
    public AuthChange.Secret hashed(String password) {
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        return new AuthChange.Secret(OpenBSDBCrypt.generate("2a", password.toCharArray(), salt, BCRYPT_COST));
    }

    /**
     * Lets a user in.
     *
     * @return the token it is known by at every member from now on
     */
    public AuthChange.Secret authenticate(String name, String password) {
        AuthState state = state();
        if (!state.isEnabled()) {
            throw new StoreException.AuthRefused(AuthProblem.NOT_ENABLED);
        }
        AuthUser user = state.users().get(name);
        if (user == null || !user.hasPassword() || !matches(user, password)) {
            throw new StoreException.AuthRefused(AuthProblem.AUTH_FAILED);
        }
        StringBuilder token = new StringBuilder();
        for (int i = 0; i < TOKEN_LETTERS; i++) {
            token.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        // As in etcd the part behind the dot is a number of the store's; here it only makes the form the same.
        token.append('.').append(seat.current().applied().index());
        AuthChange.Secret secret = new AuthChange.Secret(token.toString());
        change(new AuthChange.AssignToken(name, secret), new Allowance(state.revision()));
        return secret;
    }

    private static boolean matches(AuthUser user, String password) {
        byte[] bytes = password.getBytes(StandardCharsets.UTF_8);
        return bytes.length <= 72 && OpenBSDBCrypt.checkPassword(user.password().text(), password.toCharArray());
    }

    /** Who came in with the token; empty when it is not, or no longer, known here. */
    public Optional<String> userOf(String token) {
        return tokens.userOf(token);
    }
}
