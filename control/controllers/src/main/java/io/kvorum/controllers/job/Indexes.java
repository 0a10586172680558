package io.kvorum.controllers.job;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Sets of completion indexes as a Job's status writes them, such as {@code 0-2,5}. Pure functions. */
final class Indexes {
    private Indexes() {}

    static NavigableSet<Integer> parse(@Nullable String text) {
        NavigableSet<Integer> indexes = new TreeSet<>();
        if (text == null || text.isEmpty()) {
            return indexes;
        }
        for (String part : text.split(",")) {
            String[] ends = part.split("-", 2);
            int first = Integer.parseInt(ends[0]);
            int last = ends.length == 2 ? Integer.parseInt(ends[1]) : first;
            for (int index = first; index <= last; index++) {
                indexes.add(index);
            }
        }
        return indexes;
    }

    static String format(NavigableSet<Integer> indexes) {
        List<String> parts = new ArrayList<>();
        int first = -1;
        int last = -1;
        for (int index : indexes) {
            if (first >= 0 && index == last + 1) {
                last = index;
                continue;
            }
            addRange(parts, first, last);
            first = index;
            last = index;
        }
        addRange(parts, first, last);
        return String.join(",", parts);
    }

    private static void addRange(List<String> parts, int first, int last) {
        if (first >= 0) {
            String separator = last == first + 1 ? "," : "-";
            parts.add(first == last ? Integer.toString(first) : first + separator + last);
        }
    }
}
