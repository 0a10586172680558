package io.kvorum.mvcc;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.model.KeyRange;
import io.kvorum.model.Revision;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The machine and the plainest model of it, told the same, must answer the same; a failure names its seed. */
class MvccPropertyTest {
    private static final int COMMANDS = 4000;

    private final NaiveStore naive = new NaiveStore();
    private final MemoryState disk = new MemoryState();
    private Mvcc mvcc = Mvcc.restore(disk);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void answersEventsAndHistoryEqualThoseOfTheNaiveModel(long seed) {
        Random random = new Random(seed);
        RandomCommands commands = new RandomCommands(random, naive::revision);
        for (int step = 0; step < COMMANDS; step++) {
            applyBatch(commands, 1 + random.nextInt(4), "seed %d, step %d".formatted(seed, step));
            if (random.nextInt(3) == 0) {
                sweepOnce(1 + random.nextInt(20));
            }
            if (random.nextInt(50) == 0) {
                mvcc = Mvcc.restore(disk);
            }
            readSomewhere(commands, random, "seed %d, step %d".formatted(seed, step));
        }
        assertThat(naive.revision()).isGreaterThan(1000);
        assertThat(naive.compacted).isPositive();
    }

    private void applyBatch(RandomCommands commands, int size, String where) {
        Changes changes = new Changes(disk);
        for (int i = 0; i < size; i++) {
            Command command = commands.next();
            Applied expected = naive.apply(command);
            Applied actual = mvcc.apply(command, changes);
            assertThat(withoutPrevious(actual)).as(where + ": " + command).isEqualTo(expected);
        }
        disk.commit(changes);
    }

    /** Whether an event already carries what was before is up to the machine. */
    private static Applied withoutPrevious(Applied applied) {
        return new Applied(applied.revision(), applied.outcome(), withoutPrevious(applied.events()));
    }

    private static List<Event> withoutPrevious(List<Event> events) {
        return events.stream()
                .map(event -> new Event(event.type(), event.now(), null))
                .toList();
    }

    private void sweepOnce(int mostEntries) {
        Changes changes = new Changes(disk);
        mvcc.sweep(changes, mostEntries);
        disk.commit(changes);
    }

    private void readSomewhere(RandomCommands commands, Random random, String where) {
        long from = Math.max(naive.compacted, 1);
        long at = random.nextLong(from, naive.revision() + 1);
        Operation.Range range = commands.read();
        assertThat(mvcc.reader().range(range, new Revision(at), disk))
                .as(where + " at " + at + ": " + range)
                .isEqualTo(NaiveStore.range(range, naive.state(at)));
        if (random.nextInt(20) == 0) {
            compareHistory(commands.range(), at, where);
        }
    }

    private void compareHistory(KeyRange range, long from, String where) {
        List<Event> seen = new ArrayList<>();
        Revision next = new Revision(from);
        while (next.value() <= naive.revision()) {
            HistoryReader.Chapter chapter =
                    mvcc.reader().events(range, next, new Revision(naive.revision()), 100, disk);
            seen.addAll(chapter.events());
            for (Event event : chapter.events()) {
                compareBefore(event, where);
            }
            next = chapter.upTo().next();
        }
        assertThat(seen).as(where + ": history of " + range + " from " + from).isEqualTo(naive.events(range, from));
    }

    private void compareBefore(Event event, String where) {
        long modified = event.now().modified().value();
        if (modified > naive.compacted) {
            assertThat(mvcc.reader().before(event.now().key(), event.now().modified(), disk))
                    .as(where + ": before " + event)
                    .isEqualTo(naive.state(modified - 1).get(event.now().key()));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13})
    void aFinishedSweepLeavesOnlyWhatIsVisibleSinceTheCompactedRevision(long seed) {
        RandomCommands commands = new RandomCommands(new Random(seed), naive::revision);
        for (int step = 0; step < 300; step++) {
            applyBatch(commands, 1, "seed " + seed);
        }
        Changes changes = new Changes(disk);
        mvcc.apply(new Command.Compact(mvcc.revision()), changes);
        naive.apply(new Command.Compact(new Revision(naive.revision())));
        disk.commit(changes);
        while (mvcc.hasToSweep()) {
            sweepOnce(7);
        }
        long tombstones = naive.eventsAt.getLast().stream()
                .filter(event -> event.type() == Event.Type.DELETE)
                .count();
        assertThat(disk.count(Table.RECORDS))
                .isEqualTo((int) (naive.state(naive.revision()).size() + tombstones));
    }
}
