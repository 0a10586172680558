package io.kvorum.jraft.wire;

import com.alipay.sofa.jraft.entity.PeerId;
import io.kvorum.raft.Member;
import io.kvorum.raft.MemberId;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * A member's name inside the consensus library, which knows peers as {@code host:port}: here the host is
 * {@code <16 hex digits of the id>@<host>}, so that identity and address travel together. Pure.
 */
public final class PeerName {
    private PeerName() {}

    public static PeerId of(Member member) {
        return of(member.id(), member.peerAddress());
    }

    /** Colons separate fields in the library's text form, so an IPv6 address is written with underscores. */
    public static PeerId of(MemberId id, InetSocketAddress address) {
        return new PeerId("%016x@%s".formatted(id.value(), host(address).replace(':', '_')), address.getPort());
    }

    /** A name is kept as a name only if it was given unresolved. */
    private static String host(InetSocketAddress address) {
        InetAddress resolved = address.getAddress();
        return resolved == null ? address.getHostString() : resolved.getHostAddress();
    }

    public static Member member(PeerId peer, boolean isLearner) {
        return new Member(id(peer), address(peer), isLearner);
    }

    public static MemberId id(PeerId peer) {
        return id(peer.getIp());
    }

    /** The id in a peer's text form. */
    public static MemberId id(String peer) {
        int at = peer.indexOf('@');
        if (at != 16) {
            throw new IllegalArgumentException(
                    "'%s' does not name a member; '<16 hex digits>@<host>:<port>' does".formatted(peer));
        }
        return new MemberId(Long.parseUnsignedLong(peer.substring(0, at), 16));
    }

    public static InetSocketAddress address(PeerId peer) {
        return address(peer.getIp().substring(17).replace('_', ':'), peer.getPort());
    }

    /** A name is looked up when it is dialled, not before. */
    public static InetSocketAddress address(String host, int port) {
        return isLiteral(host) ? new InetSocketAddress(host, port) : InetSocketAddress.createUnresolved(host, port);
    }

    private static boolean isLiteral(String host) {
        return host.indexOf(':') >= 0 || host.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'));
    }
}
