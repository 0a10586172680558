package io.kvorum.jraft.wire;

import com.alipay.sofa.jraft.entity.PeerId;
import io.kvorum.raft.MemberId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where members are reached, beside the addresses the log's configuration was made with: what they said themselves, what
 * others heard of them, what an operator told. A wrong entry does no harm: who answers is asked to prove who it is, and
 * the next address is tried. Kept in a file, so that a cluster that was renumbered while it was off finds together. Any
 * thread.
 *
 * <pre>
 *  one line each:  {@code <member> <number> <host> <port>}
 * </pre>
 */
public final class AddressBook {
    private static final Logger LOG = LoggerFactory.getLogger(AddressBook.class);
    private static final int MOST_OF_ONE = 3;

    private final Path file;
    private final MemberId self;
    private final InetSocketAddress advertised;
    private final Map<MemberId, List<Place>> places = new TreeMap<>(Comparator.comparingLong(MemberId::value));
    /** What is to be dialled next, where that is not the newest place. */
    private final Map<MemberId, Integer> turn = new HashMap<>();

    /** @param number a later place of the same member has a larger one */
    public record Place(MemberId member, InetSocketAddress address, long number) {}

    public AddressBook(Path file, MemberId self, InetSocketAddress advertised) {
        this.file = file;
        this.self = self;
        this.advertised = PeerName.address(PeerName.of(self, advertised));
        read();
        if (announceSelf()) {
            save();
        }
    }

    private void read() {
        if (!Files.exists(file)) {
            return;
        }
        try {
            for (String line : Files.readAllLines(file)) {
                String[] words = line.split(" ");
                var member = new MemberId(Long.parseUnsignedLong(words[0], 16));
                enter(new Place(
                        member, PeerName.address(words[2], Integer.parseInt(words[3])), Long.parseLong(words[1])));
            }
        } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException e) {
            LOG.atWarn()
                    .addKeyValue("file", file)
                    .setCause(e)
                    .log("the book of members' addresses cannot be read in full; what is missing will be learnt again");
        }
    }

    /** Whether this member is elsewhere than last time. */
    private boolean announceSelf() {
        Optional<Place> last = newest(self);
        boolean isNews = last.isEmpty() || !last.get().address().equals(advertised);
        if (isNews) {
            correctSelf(last.map(Place::number).orElse(0L));
        }
        return isNews;
    }

    private synchronized boolean enter(Place place) {
        List<Place> known = places.computeIfAbsent(place.member(), _ -> new ArrayList<>());
        if (!known.isEmpty() && known.getFirst().number() >= place.number()) {
            return false;
        }
        boolean isNews = known.isEmpty() || !known.getFirst().address().equals(place.address());
        known.removeIf(old -> old.address().equals(place.address()));
        known.addFirst(place);
        if (known.size() > MOST_OF_ONE) {
            known.removeLast();
        }
        if (isNews) {
            turn.remove(place.member());
        }
        return isNews;
    }

    private synchronized Optional<Place> newest(MemberId member) {
        List<Place> known = places.getOrDefault(member, List.of());
        return known.isEmpty() ? Optional.empty() : Optional.of(known.getFirst());
    }

    /** Takes over what another member knows; the members of which that was news. */
    public List<MemberId> merge(List<Place> heard) {
        List<MemberId> news = new ArrayList<>();
        for (Place place : heard) {
            if (place.member().equals(self)) {
                boolean isOutdated = !place.address().equals(advertised)
                        && place.number() >= newest(self).map(Place::number).orElse(0L);
                if (isOutdated) {
                    correctSelf(place.number());
                    news.add(self);
                }
            } else if (enter(place)) {
                news.add(place.member());
            }
        }
        if (!news.isEmpty()) {
            save();
        }
        return List.copyOf(news);
    }

    private synchronized void correctSelf(long above) {
        places.remove(self);
        var _ = enter(new Place(self, advertised, above + 1));
    }

    /** Notes an address that was learnt elsewhere; whether that was news. */
    public boolean learn(MemberId member, InetSocketAddress address) {
        if (member.equals(self)) {
            return false; // it knows better
        }
        InetSocketAddress plain = PeerName.address(PeerName.of(member, address));
        boolean isNews;
        synchronized (this) {
            Optional<Place> known = newest(member);
            if (known.isPresent() && known.get().address().equals(plain)) {
                return false; // its number stays the one the member gave
            }
            isNews = enter(new Place(member, plain, known.map(Place::number).orElse(0L) + 1));
        }
        if (isNews) {
            save();
        }
        return isNews;
    }

    /** The newest place of each member. */
    public synchronized List<Place> newest() {
        return places.values().stream()
                .filter(known -> !known.isEmpty())
                .map(List::getFirst)
                .toList();
    }

    /** Where the member is thought to be. */
    public InetSocketAddress current(MemberId member, InetSocketAddress configured) {
        return newest(member).map(Place::address).orElse(configured);
    }

    synchronized InetSocketAddress toDial(PeerId peer) {
        List<InetSocketAddress> all = all(peer);
        return all.get(turn.getOrDefault(PeerName.id(peer), 0) % all.size());
    }

    private List<InetSocketAddress> all(PeerId peer) {
        List<InetSocketAddress> all = new ArrayList<>();
        places.getOrDefault(PeerName.id(peer), List.of()).forEach(place -> all.add(place.address()));
        InetSocketAddress configured = PeerName.address(peer);
        if (!all.contains(configured)) {
            all.add(configured);
        }
        return all;
    }

    /** Nobody answered there, or somebody else: the next address is tried next. */
    synchronized void failed(PeerId peer, InetSocketAddress dialled) {
        List<InetSocketAddress> all = all(peer);
        int at = all.indexOf(dialled);
        if (all.size() > 1 && toDial(peer).equals(dialled)) {
            turn.put(PeerName.id(peer), (at + 1) % all.size());
        }
    }

    private synchronized void save() {
        StringBuilder text = new StringBuilder();
        for (List<Place> known : places.values()) {
            for (Place place : known.reversed()) {
                text.append("%s %d %s %d%n"
                        .formatted(
                                place.member(),
                                place.number(),
                                place.address().getHostString(),
                                place.address().getPort()));
            }
        }
        Path next = file.resolveSibling(file.getFileName() + ".next");
        try {
            Files.writeString(next, text);
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException | UncheckedIOException e) {
            LOG.atWarn()
                    .addKeyValue("file", file)
                    .setCause(e)
                    .log("the book of members' addresses could not be kept; a restart may have to learn them again");
        }
    }
}
