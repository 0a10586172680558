package io.kvorum.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** Who belongs to the cluster, by number. An immutable value. */
record Membership(List<Integer> voters, List<Integer> learners) {
    Membership {
        voters = voters.stream().sorted().toList();
        learners = learners.stream().sorted().toList();
    }

    boolean isVoter(int member) {
        return voters.contains(member);
    }

    SortedSet<Integer> all() {
        TreeSet<Integer> all = new TreeSet<>(voters);
        all.addAll(learners);
        return all;
    }

    int majority() {
        return voters.size() / 2 + 1;
    }

    Membership withLearner(int member) {
        List<Integer> more = new ArrayList<>(learners);
        more.add(member);
        return new Membership(voters, more);
    }

    Membership promoting(int member) {
        List<Integer> more = new ArrayList<>(voters);
        more.add(member);
        return new Membership(
                more, learners.stream().filter(each -> each != member).toList());
    }

    Membership without(int member) {
        return new Membership(
                voters.stream().filter(each -> each != member).toList(),
                learners.stream().filter(each -> each != member).toList());
    }
}
