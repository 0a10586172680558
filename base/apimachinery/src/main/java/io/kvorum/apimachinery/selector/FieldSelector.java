package io.kvorum.apimachinery.selector;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** Which values an object's fields must have: all terms hold. Immutable, any thread. */
public record FieldSelector(List<Term> terms) {
    public static final FieldSelector EVERYTHING = new FieldSelector(List.of());

    public FieldSelector {
        terms = List.copyOf(terms);
    }

    /** One field, and the value that it must (or must not) have. */
    public record Term(String field, boolean isEqual, String value) {
        @Override
        public String toString() {
            return field
                    + (isEqual ? "=" : "!=")
                    + value.replace("\\", "\\\\").replace(",", "\\,").replace("=", "\\=");
        }
    }

    /**
     * Reads the text form, such as {@code metadata.name=x,spec.nodeName!=y}; a backslash escapes comma, equals sign and
     * itself.
     *
     * @throws MalformedSelector with upstream's text
     */
    public static FieldSelector parse(String text) {
        List<Term> terms = new ArrayList<>();
        for (String part : split(text)) {
            if (!part.isEmpty()) {
                terms.add(term(part, text));
            }
        }
        return new FieldSelector(terms);
    }

    /** Splits at the commas that no backslash escapes. */
    private static List<String> split(String text) {
        List<String> parts = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == ',') {
                parts.add(text.substring(start, i));
                start = i + 1;
            }
        }
        parts.add(text.substring(start));
        return parts;
    }

    private static Term term(String part, String whole) {
        for (int i = 0; i < part.length(); i++) {
            String rest = part.substring(i);
            String sign = rest.startsWith("!=") ? "!=" : rest.startsWith("==") ? "==" : rest.startsWith("=") ? "=" : "";
            if (!sign.isEmpty()) {
                return new Term(part.substring(0, i), !sign.equals("!="), unescaped(rest.substring(sign.length())));
            }
        }
        throw new MalformedSelector("invalid selector: '%s'; can't understand '%s'".formatted(whole, part));
    }

    private static String unescaped(String value) {
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '\\') {
                char escaped = i + 1 < value.length() ? value.charAt(i + 1) : ' ';
                if (escaped != '\\' && escaped != ',' && escaped != '=') {
                    throw new MalformedSelector("invalid field selector: invalid escape sequence: \\" + escaped);
                }
                plain.append(escaped);
                i++;
            } else if (c == ',' || c == '=') {
                throw new MalformedSelector("invalid field selector: unescaped rune in value: " + c);
            } else {
                plain.append(c);
            }
        }
        return plain.toString();
    }

    public boolean isEverything() {
        return terms.isEmpty();
    }

    /** @param fields gives a field's value by its label, the empty string for an absent one */
    public boolean matches(UnaryOperator<String> fields) {
        for (Term term : terms) {
            if (fields.apply(term.field()).equals(term.value()) != term.isEqual()) {
                return false;
            }
        }
        return true;
    }

    /** The one value that this field must have; for reading a single object or node's pods directly. */
    public Optional<String> exact(String field) {
        return terms.stream()
                .filter(term -> term.isEqual() && term.field().equals(field))
                .map(Term::value)
                .findFirst();
    }

    /** In the syntax that {@link #parse} reads. */
    @Override
    public String toString() {
        return terms.stream().map(Term::toString).collect(Collectors.joining(","));
    }
}
