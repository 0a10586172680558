package io.kvorum.torture;

import io.kvorum.simulation.linearizability.Call;
import io.kvorum.simulation.linearizability.Finding;
import io.kvorum.simulation.linearizability.LinearizabilityChecker;
import io.kvorum.simulation.linearizability.Transactions;
import io.kvorum.torture.Book.LeaseStory;
import io.kvorum.torture.Chronicle.Deletion;
import io.kvorum.torture.Deed.Echo;
import io.kvorum.torture.Deed.Life;
import io.kvorum.torture.Deed.Versioned;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Holds what clients heard against what was promised to them, when a round is over. One thread. */
final class Judge {
    private static final long MOST_STEPS = 3_000_000;

    private final Book book;
    private final Verdict verdict;
    private final Tally tally;
    private final List<Deed> deeds;
    private final List<Deed> answered;
    private final Map<String, NavigableMap<Long, Optional<String>>> values;

    Judge(Book book, Tally tally) {
        this.book = book;
        this.verdict = book.verdict();
        this.tally = tally;
        this.deeds = book.deeds();
        this.answered = deeds.stream().filter(deed -> deed.echo() != null).toList();
        this.values = book.chronicle().values();
    }

    void judge() {
        List<Long> gaps = book.chronicle().gaps();
        if (!gaps.isEmpty()) {
            verdict.broken("every revision is told to some watcher", "nobody was told of " + gaps);
        }
        answered.forEach(this::matchesHistory);
        eachWriteHappensOnce();
        nothingIsOlderThanWhatWasAnswered();
        membersDoNotGoBack();
        banksAreWhole();
        leasesLast();
        groupsAreLinearizable();
    }

    private static Echo echo(Deed deed) {
        Echo echo = deed.echo();
        if (echo == null) {
            throw new IllegalStateException("not answered: " + deed);
        }
        return echo;
    }

    /** What was read or written is what the history has at the revision that came with the answer. */
    private void matchesHistory(Deed deed) {
        Echo echo = echo(deed);
        Transactions.Input input = deed.input();
        if (echo.succeeded()) {
            input.writes().forEach((key, value) -> {
                Optional<Versioned> found = at(key, echo.revision());
                boolean isThere = found.map(Versioned::value).equals(value);
                boolean isNow = found.isEmpty() || found.get().modRevision() == echo.revision();
                if (!isThere || !isNow) {
                    verdict.broken(
                            "an acknowledged write is in the history at its revision",
                            "%s, but the history has %s".formatted(deed, found));
                }
            });
        }
        for (int i = 0; i < input.reads().size(); i++) {
            Optional<Versioned> found = at(input.reads().get(i), echo.revision());
            if (!echo.values().get(i).equals(found)) {
                verdict.broken(
                        "a read tells what the history has at its revision",
                        "%s, but the history has %s".formatted(deed, found));
            }
        }
    }

    private Optional<Versioned> at(String key, long revision) {
        NavigableMap<Long, Optional<String>> history = values.get(key);
        if (history == null) {
            return Optional.empty();
        }
        Map.Entry<Long, Optional<String>> entry = history.floorEntry(revision);
        return entry == null ? Optional.empty() : entry.getValue().map(value -> new Versioned(value, entry.getKey()));
    }

    private void eachWriteHappensOnce() {
        Map<String, Long> writtenAt = new HashMap<>();
        values.forEach((key, history) -> history.forEach((revision, value) -> value.ifPresent(present -> {
            Long earlier = key.contains("/lease/") ? null : writtenAt.putIfAbsent(present, revision);
            if (earlier != null) {
                verdict.broken(
                        "a call happens at most once",
                        "%s was written to %s at revision %d and again at %d"
                                .formatted(present, key, earlier, revision));
            }
        })));
        for (Deed deed : answered) {
            if (!echo(deed).succeeded()) {
                deed.input()
                        .writes()
                        .values()
                        .forEach(value -> value.map(writtenAt::get)
                                .ifPresent(revision -> verdict.broken(
                                        "a transaction that failed writes nothing",
                                        "%s, but it wrote at revision %d".formatted(deed, revision))));
            }
        }
    }

    /** Real time: a call made after another was answered is of no earlier revision, and a write of a later one. */
    private void nothingIsOlderThanWhatWasAnswered() {
        NavigableMap<Long, Deed> newestAnswered = new TreeMap<>();
        Deed newest = null;
        for (Deed deed : answered.stream()
                .sorted(Comparator.comparingLong(Deed::answeredAt))
                .toList()) {
            if (newest == null || echo(deed).revision() > echo(newest).revision()) {
                newest = deed;
            }
            newestAnswered.put(deed.answeredAt(), newest);
        }
        for (Deed deed : answered) {
            Map.Entry<Long, Deed> before = newestAnswered.lowerEntry(deed.calledAt());
            if (before == null || deed.isSerializable()) {
                continue;
            }
            long known = echo(before.getValue()).revision();
            boolean wrote = deed.isWrite()
                    && echo(deed).succeeded()
                    && deed.input().writes().values().stream().anyMatch(Optional::isPresent);
            if (echo(deed).revision() < known || (wrote && echo(deed).revision() == known)) {
                verdict.broken(
                        "nothing is older than what was answered before",
                        "%s after %s".formatted(deed, before.getValue()));
            }
        }
    }

    /** What one life of a member told one client does not go back. */
    private void membersDoNotGoBack() {
        Map<String, Deed> latest = new HashMap<>();
        for (Deed deed : answered.stream()
                .sorted(Comparator.comparingLong(Deed::calledAt))
                .toList()) {
            Optional<Life> life = deed.life();
            if (life.isPresent()) {
                Deed before = latest.put(deed.client() + " " + life.get(), deed);
                if (before != null && echo(before).revision() > echo(deed).revision()) {
                    verdict.broken("a member does not go back", "%s after %s".formatted(deed, before));
                }
            }
        }
    }

    private void banksAreWhole() {
        for (Deed deed : answered) {
            List<Optional<String>> read = echo(deed).values().stream()
                    .map(each -> each.map(Versioned::value))
                    .toList();
            if (!deed.group().contains("/bank") || read.stream().allMatch(Optional::isEmpty)) {
                continue;
            }
            boolean isWhole = read.stream().allMatch(Optional::isPresent)
                    && read.stream().mapToInt(Clients::amount).sum() == Clients.wholeBank();
            if (!isWhole) {
                verdict.broken("transactions are atomic", "the sum is wrong: " + deed);
            }
        }
    }

    private void leasesLast() {
        Map<String, Deletion> deletions = book.chronicle().deletions();
        for (LeaseStory story : book.leases()) {
            Deletion deletion = deletions.get(story.key());
            long end = story.renewedAt() + story.ttlSeconds() * 1_000_000_000L;
            if (deletion != null && deletion.heardAt() < end && deletion.heardAt() < story.givenUpAt()) {
                verdict.broken(
                        "a lease lasts as long as promised",
                        "%s ended %d ms early, at revision %d"
                                .formatted(story, (end - deletion.heardAt()) / 1_000_000, deletion.revision()));
            }
        }
    }

    private void groupsAreLinearizable() {
        Map<String, List<Deed>> groups = new TreeMap<>();
        deeds.stream()
                .filter(deed -> !deed.isSerializable())
                .forEach(deed -> groups.computeIfAbsent(deed.group(), _ -> new ArrayList<>())
                        .add(deed));
        var checker = new LinearizabilityChecker<>(new Transactions(), MOST_STEPS);
        groups.forEach((group, members) -> {
            switch (checker.check(history(members))) {
                case Finding.Linearizable<Transactions.Input, Transactions.Output> _ -> {}
                case Finding.Undecided<Transactions.Input, Transactions.Output> _ ->
                    tally.note("histories too tangled to decide");
                case Finding.Violated<Transactions.Input, Transactions.Output> violated ->
                    verdict.broken(
                            "the history of each group of keys is linearizable",
                            "%s: after %d calls that can be explained none of these can come next: %s"
                                    .formatted(group, violated.longest().size(), violated.stuck()));
            }
        });
    }

    /**
     * A write that nobody heard of and whose value nobody ever saw explains nothing: without it the search is much
     * shorter. That is right because every call that fails for what a key holds reads that key too.
     */
    private static List<Call<Transactions.Input, Transactions.Output>> history(List<Deed> group) {
        Set<String> seen = new HashSet<>();
        group.stream()
                .map(Deed::echo)
                .filter(echo -> echo != null)
                .forEach(echo -> echo.values().forEach(value -> value.ifPresent(present -> seen.add(present.value()))));
        List<Call<Transactions.Input, Transactions.Output>> history = new ArrayList<>();
        for (Deed deed : group) {
            Echo echo = deed.echo();
            if (echo != null) {
                history.add(new Call<>(deed.input(), echo.output(), deed.calledAt(), deed.answeredAt()));
            } else if (mayHaveBeenSeen(deed, seen)) {
                history.add(Call.unanswered(deed.input(), deed.calledAt()));
            }
        }
        return history;
    }

    private static boolean mayHaveBeenSeen(Deed deed, Set<String> seen) {
        return deed.input().writes().values().stream().anyMatch(value -> value.isEmpty() || seen.contains(value.get()));
    }
}
