package io.kvorum.mvcc;

import io.kvorum.model.Bytes;
import java.util.ArrayList;
import java.util.List;

/** A user with the roles it has, in order. */
public record AuthUser(String name, AuthChange.Secret password, boolean hasPassword, List<String> roles) {
    private static final int NAME = 1;
    private static final int PASSWORD = 2;
    private static final int ROLE = 3;
    private static final int OPTIONS = 4;
    private static final int NO_PASSWORD = 1;

    public AuthUser {
        roles = List.copyOf(roles);
    }

    AuthUser withRoles(List<String> other) {
        return new AuthUser(name, password, hasPassword, other.stream().sorted().toList());
    }

    /** The protobuf message {@code authpb.User}. */
    Bytes encode() {
        WireWriter out = new WireWriter(128);
        out.bytes(NAME, Bytes.utf8(name));
        out.bytes(PASSWORD, Bytes.utf8(password.text()));
        roles.forEach(role -> out.element(ROLE, Bytes.utf8(role)));
        WireWriter options = new WireWriter(8);
        options.number(NO_PASSWORD, hasPassword ? 0 : 1);
        out.element(OPTIONS, options.toBytes());
        return out.toBytes();
    }

    static AuthUser decode(Bytes bytes) {
        String name = "";
        String password = "";
        List<String> roles = new ArrayList<>();
        boolean hasPassword = true;
        WireReader in = new WireReader(bytes);
        while (in.next()) {
            switch (in.field()) {
                case NAME -> name = in.bytes().utf8();
                case PASSWORD -> password = in.bytes().utf8();
                case ROLE -> roles.add(in.bytes().utf8());
                case OPTIONS -> hasPassword = in.bytes().isEmpty();
                default -> in.skip();
            }
        }
        return new AuthUser(name, new AuthChange.Secret(password), hasPassword, roles);
    }
}
