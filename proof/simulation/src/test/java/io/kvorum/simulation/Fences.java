package io.kvorum.simulation;

import io.kvorum.engine.Fence;
import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.mvcc.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The fences that leaders have held, and what was written under them. Used by one thread. */
final class Fences {
    static final Key KEY = Key.of("f");

    private final World world;
    private final Cluster cluster;
    private final List<Long> terms = new ArrayList<>();
    private final Map<String, Written> writes = new TreeMap<>();

    Fences(World world, Cluster cluster) {
        this.world = world;
        this.cluster = cluster;
    }

    private record Written(Bytes entry, Fence fence) {}

    /** Of whoever leads now, or has led; null as long as nobody has. */
    @Nullable
    Fence pick() {
        for (SimulatedMember member : cluster.up()) {
            boolean leads = member.running().log().leadership().isSelf();
            long term = member.running().log().leadership().term();
            if (leads && !terms.contains(term)) {
                terms.add(term);
            }
        }
        if (terms.isEmpty()) {
            return null;
        }
        int back = world.agenda().chance(0.7) ? 1 : 1 + world.agenda().random().nextInt(Math.min(3, terms.size()));
        return new Fence(terms.get(terms.size() - back));
    }

    void wrote(String value, Bytes entry, Fence fence) {
        writes.put(value, new Written(entry, fence));
    }

    /** What stands in the history under a fence was committed in its term. */
    void check(History history) {
        for (long revision = 2; revision <= history.newest(); revision++) {
            for (Event event : history.events(revision)) {
                Written written = writes.get(event.now().value().utf8());
                if (event.now().key().equals(KEY) && written != null) {
                    long term = world.commits().termOf(written.entry());
                    Violation.unless(
                            term == written.fence().term(),
                            "a deposed leader writes nothing",
                            "%s was committed in term %d",
                            event.now(),
                            term);
                }
            }
        }
    }
}
