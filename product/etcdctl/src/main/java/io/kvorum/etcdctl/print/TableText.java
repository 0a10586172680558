package io.kvorum.etcdctl.print;

import java.util.List;
import java.util.Locale;

/** A table drawn with dashes: headings in the middle, cells on the right. */
final class TableText {
    private TableText() {}

    static String of(List<String> headings, List<List<String>> rows) {
        int[] widths = new int[headings.size()];
        for (int i = 0; i < widths.length; i++) {
            widths[i] = headings.get(i).length();
            for (List<String> row : rows) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        StringBuilder text = new StringBuilder();
        line(text, widths);
        for (int i = 0; i < widths.length; i++) {
            text.append("| ")
                    .append(centered(headings.get(i).toUpperCase(Locale.ROOT), widths[i]))
                    .append(' ');
        }
        text.append("|\n");
        line(text, widths);
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                String cell = row.get(i);
                text.append("| ")
                        .repeat(" ", widths[i] - cell.length())
                        .append(cell)
                        .append(' ');
            }
            text.append("|\n");
        }
        line(text, widths);
        return text.toString();
    }

    private static void line(StringBuilder text, int[] widths) {
        for (int width : widths) {
            text.append('+').repeat("-", width + 2);
        }
        text.append("+\n");
    }

    private static String centered(String text, int width) {
        int left = (width - text.length()) / 2;
        return " ".repeat(left) + text + " ".repeat(width - text.length() - left);
    }
}
