package io.kvorum.simulation.linearizability;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Searches an order of calls that explains all answers and in which no call comes before one that was answered before it
 * was made (the search of Wing and Gong, with Lowe's memory of the states it has been in). Without state of its own; any
 * thread may call it.
 */
public final class LinearizabilityChecker<S, I, O> {
    private final Model<S, I, O> model;
    private final long mostSteps;

    /** @param mostSteps calls tried before the search is given up; a thing that works needs little more than one a call */
    public LinearizabilityChecker(Model<S, I, O> model, long mostSteps) {
        this.model = model;
        this.mostSteps = mostSteps;
    }

    public Finding<I, O> check(List<Call<I, O>> history) {
        return new Search(history).run();
    }

    /** One search; used once. */
    private final class Search {
        private final List<Call<I, O>> calls;
        private final Set<Place<S>> seen = new HashSet<>();
        private final List<Frame<S>> path = new ArrayList<>();
        private final BitSet done = new BitSet();
        private final int answered;

        /** Calls before this one are all done, so that the scan for candidates need not look at them. */
        private int firstOpen;

        private List<Call<I, O>> longest = List.of();
        private List<Call<I, O>> stuck = List.of();
        private int answeredDone;
        private long steps;

        Search(List<Call<I, O>> history) {
            calls = history.stream()
                    .sorted(Comparator.comparingLong(Call::calledAt))
                    .toList();
            answered = (int) calls.stream().filter(Call::isAnswered).count();
        }

        Finding<I, O> run() {
            S state = model.initial();
            int from = 0;
            while (answeredDone < answered) {
                Frame<S> taken = takeNext(state, from);
                if (steps > mostSteps) {
                    return new Finding.Undecided<>(steps);
                }
                if (taken != null) {
                    path.add(taken);
                    state = taken.after();
                    from = 0;
                } else if (path.isEmpty()) {
                    return new Finding.Violated<>(longest, stuck);
                } else {
                    noteHowFar();
                    Frame<S> last = path.removeLast();
                    giveBack(last.call());
                    state = last.before();
                    from = last.call() + 1;
                }
            }
            return new Finding.Linearizable<>(order());
        }

        /** The next call, at or behind the given place, that may come now and leads where the search has not been. */
        private @Nullable Frame<S> takeNext(S state, int from) {
            long horizon = earliestEnd();
            for (int i = Math.max(from, firstOpen);
                    i < calls.size() && calls.get(i).calledAt() <= horizon;
                    i++) {
                if (done.get(i)) {
                    continue;
                }
                steps++;
                Call<I, O> call = calls.get(i);
                Model.Step<S, O> step = model.step(state, call.input());
                if (call.output() == null || call.output().equals(step.output())) {
                    take(i);
                    if (seen.add(new Place<>((BitSet) done.clone(), step.state()))) {
                        return new Frame<>(i, state, step.state());
                    }
                    giveBack(i);
                }
            }
            return null;
        }

        /** Whoever was called later than this cannot come next: somebody was answered before. */
        private long earliestEnd() {
            long earliest = Long.MAX_VALUE;
            for (int i = done.nextClearBit(firstOpen); i < calls.size(); i = done.nextClearBit(i + 1)) {
                if (calls.get(i).calledAt() > earliest) {
                    break;
                }
                earliest = Math.min(earliest, calls.get(i).end());
            }
            return earliest;
        }

        private void take(int call) {
            done.set(call);
            answeredDone += calls.get(call).isAnswered() ? 1 : 0;
            firstOpen = done.nextClearBit(firstOpen);
        }

        private void giveBack(int call) {
            done.clear(call);
            answeredDone -= calls.get(call).isAnswered() ? 1 : 0;
            firstOpen = Math.min(firstOpen, call);
        }

        private void noteHowFar() {
            if (path.size() > longest.size() || stuck.isEmpty()) {
                longest = order();
                long horizon = earliestEnd();
                List<Call<I, O>> open = new ArrayList<>();
                for (int i = firstOpen; i < calls.size() && calls.get(i).calledAt() <= horizon; i++) {
                    if (!done.get(i) && calls.get(i).isAnswered()) {
                        open.add(calls.get(i));
                    }
                }
                stuck = open;
            }
        }

        private List<Call<I, O>> order() {
            return path.stream().map(frame -> calls.get(frame.call())).toList();
        }
    }

    private record Frame<S>(int call, S before, S after) {}

    private record Place<S>(BitSet done, S state) {}
}
