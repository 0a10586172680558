package io.kvorum.etcdctl.command;

import java.util.ArrayList;
import java.util.List;

/** A line of input as words: double quotes with escapes, single quotes without. */
final class Words {
    private Words() {}

    static List<String> of(String line) {
        List<String> words = new ArrayList<>();
        int at = 0;
        while (at < line.length()) {
            char c = line.charAt(at);
            if (Character.isWhitespace(c)) {
                at++;
                continue;
            }
            int end = c == '"' || c == '\'' ? closing(line, at) : -1;
            if (end > 0) {
                String inside = line.substring(at + 1, end);
                words.add(c == '"' ? unescape(inside) : inside);
                at = end + 1;
                continue;
            }
            int start = at;
            while (at < line.length() && !Character.isWhitespace(line.charAt(at))) {
                at++;
            }
            words.add(line.substring(start, at));
        }
        return words;
    }

    /** Where the quotation that opens at this place closes; -1 when it never does. */
    static int closing(String line, int opening) {
        char quote = line.charAt(opening);
        for (int i = opening + 1; i < line.length(); i++) {
            if (line.charAt(i) == '\\' && quote == '"') {
                i++;
            } else if (line.charAt(i) == quote) {
                return i;
            }
        }
        return -1;
    }

    static String unescape(String text) {
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\\' || i + 1 == text.length()) {
                plain.append(c);
                continue;
            }
            char escaped = text.charAt(++i);
            switch (escaped) {
                case 'n' -> plain.append('\n');
                case 't' -> plain.append('\t');
                case 'r' -> plain.append('\r');
                case 'a' -> plain.append('\u0007');
                case 'b' -> plain.append('\b');
                case 'f' -> plain.append('\f');
                case 'v' -> plain.append('\u000b');
                case 'x', 'u' -> {
                    int digits = Math.min(escaped == 'x' ? 2 : 4, text.length() - i - 1);
                    plain.append((char) Integer.parseInt(text.substring(i + 1, i + 1 + digits), 16));
                    i += digits;
                }
                default -> plain.append(escaped);
            }
        }
        return plain.toString();
    }
}
