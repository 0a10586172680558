package io.kvorum.member;

import io.kvorum.raft.Member;
import io.kvorum.raft.MemberId;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

/**
 * The members that a cluster begins with. As in etcd, all members are given the same list and work out the same ids from
 * it, so that nobody needs to tell them.
 */
record InitialCluster(List<Seat> seats, String token) {
    /** A member by name, and where its peers reach it. */
    record Seat(String name, URI peerUrl) {
        InetSocketAddress address() {
            return addressOf(peerUrl);
        }
    }

    InitialCluster {
        seats = List.copyOf(seats);
    }

    /** @param members {@code NAME=URL} each */
    static InitialCluster parse(List<String> members, String token) {
        List<Seat> seats = new ArrayList<>();
        for (String member : members) {
            int equals = member.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException(
                        "--initial-cluster: \"%s\" is not a NAME=URL such as a=https://10.0.0.1:2380"
                                .formatted(member));
            }
            seats.add(new Seat(member.substring(0, equals), URI.create(member.substring(equals + 1))));
        }
        return new InitialCluster(seats, token);
    }

    Seat seat(String name) {
        return seats.stream()
                .filter(seat -> seat.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "--initial-cluster does not name this member, \"%s\"".formatted(name)));
    }

    MemberId idOf(Seat seat) {
        return new MemberId(firstBytes("%s|%s|%s".formatted(seat.name(), seat.peerUrl(), token)) & Long.MAX_VALUE);
    }

    List<Member> members() {
        return seats.stream()
                .map(seat -> new Member(idOf(seat), seat.address(), false))
                .toList();
    }

    /** Of the token alone: whoever is added later is given the same token, and not the list the cluster began with. */
    long clusterId() {
        return firstBytes(token) & Long.MAX_VALUE;
    }

    private static long firstBytes(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(digest).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }

    static InetSocketAddress addressOf(URI url) {
        if (url.getHost() == null || url.getPort() < 0) {
            throw new IllegalArgumentException(url + " has no host and port");
        }
        return new InetSocketAddress(url.getHost().replace("[", "").replace("]", ""), url.getPort());
    }
}
