package io.kvorum.mvcc;

import io.kvorum.model.Bytes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A role with its permissions, ordered by key. */
public record AuthRole(String name, List<Permission> permissions) {
    private static final int NAME = 1;
    private static final int PERMISSION = 2;

    public AuthRole {
        permissions = List.copyOf(permissions);
    }

    AuthRole with(Permission permission) {
        List<Permission> next = new ArrayList<>(without(permission.key(), permission.rangeEnd()).permissions);
        next.add(permission);
        next.sort(Comparator.comparing(Permission::key));
        return new AuthRole(name, next);
    }

    AuthRole without(Bytes key, Bytes rangeEnd) {
        return new AuthRole(
                name,
                permissions.stream().filter(one -> !one.isAbout(key, rangeEnd)).toList());
    }

    /** The protobuf message {@code authpb.Role}. */
    Bytes encode() {
        WireWriter out = new WireWriter(128);
        out.bytes(NAME, Bytes.utf8(name));
        permissions.forEach(permission -> out.element(PERMISSION, permission.encode()));
        return out.toBytes();
    }

    static AuthRole decode(Bytes bytes) {
        String name = "";
        List<Permission> permissions = new ArrayList<>();
        WireReader in = new WireReader(bytes);
        while (in.next()) {
            switch (in.field()) {
                case NAME -> name = in.bytes().utf8();
                case PERMISSION -> permissions.add(Permission.decode(in.bytes()));
                default -> in.skip();
            }
        }
        return new AuthRole(name, permissions);
    }
}
