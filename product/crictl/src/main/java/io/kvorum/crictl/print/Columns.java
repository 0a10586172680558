package io.kvorum.crictl.print;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** A table whose columns are as wide as their widest cell and three blanks, at least twenty; the last is left ragged. */
public final class Columns {
    private static final int NARROWEST = 20;
    private static final int BETWEEN = 3;

    private final List<List<String>> rows = new ArrayList<>();

    public Columns(String... headings) {
        rows.add(List.of(headings));
    }

    public void row(List<String> cells) {
        rows.add(List.copyOf(cells));
    }

    public void row(String... cells) {
        row(List.of(cells));
    }

    public void print(PrintStream out) {
        int last = rows.getFirst().size() - 1;
        int[] widths = new int[last];
        for (List<String> row : rows) {
            for (int i = 0; i < last; i++) {
                widths[i] = Math.max(Math.max(widths[i], NARROWEST), width(row.get(i)) + BETWEEN);
            }
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < last; i++) {
                line.append(row.get(i)).repeat(" ", widths[i] - width(row.get(i)));
            }
            out.println(line.append(row.get(last)));
        }
    }

    private static int width(String text) {
        return text.codePointCount(0, text.length());
    }
}
