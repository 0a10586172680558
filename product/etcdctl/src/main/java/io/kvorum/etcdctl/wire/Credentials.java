package io.kvorum.etcdctl.wire;

/** A user's name and password; nobody has an empty name. Its text hides the password. */
public record Credentials(String user, String password) {
    public static final Credentials NONE = new Credentials("", "");

    /** etcd's client logs in only when both are there. */
    boolean complete() {
        return !user.isEmpty() && !password.isEmpty();
    }

    @Override
    public String toString() {
        return "Credentials[user=" + user + "]";
    }
}
