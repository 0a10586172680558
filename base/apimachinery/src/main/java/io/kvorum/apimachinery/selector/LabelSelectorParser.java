package io.kvorum.apimachinery.selector;

import io.kvorum.apimachinery.selector.Requirement.Operator;
import java.util.ArrayList;
import java.util.List;

/** Reads one label selector's text. Used once. */
final class LabelSelectorParser {
    private static final String OPERATORS = "in, notin, =, ==, !=, gt, lt";
    private static final String SPECIAL = "=!(),<>";

    private final String text;
    private int at;

    LabelSelectorParser(String text) {
        this.text = text;
    }

    List<Requirement> parse() {
        List<Requirement> requirements = new ArrayList<>();
        if (peek().isEmpty()) {
            return requirements;
        }
        while (true) {
            requirements.add(requirement());
            String token = next();
            if (token.isEmpty()) {
                return requirements;
            }
            if (!token.equals(",")) {
                throw new MalformedSelector("found '%s', expected: ',' or 'end of string'".formatted(token));
            }
            String after = peek();
            if (!isIdentifier(after) && !after.equals("!")) {
                throw new MalformedSelector("found '%s', expected: identifier after ','".formatted(after));
            }
        }
    }

    private Requirement requirement() {
        try {
            boolean isNegated = peek().equals("!");
            if (isNegated) {
                next();
            }
            String key = next();
            if (!isIdentifier(key)) {
                throw new MalformedSelector("found '%s', expected: %s"
                        .formatted(key, isNegated ? "identifier" : "!, identifier, or 'end of string'"));
            }
            if (isNegated) {
                return new Requirement(key, Operator.NOT_EXISTS, List.of());
            }
            String after = peek();
            if (after.isEmpty() || after.equals(",")) {
                return new Requirement(key, Operator.EXISTS, List.of());
            }
            Operator operator = operator();
            return new Requirement(key, operator, values(operator));
        } catch (MalformedSelector e) {
            throw new MalformedSelector("unable to parse requirement: " + e.getMessage());
        }
    }

    private Operator operator() {
        String token = next();
        return switch (token) {
            case "in" -> Operator.IN;
            case "notin" -> Operator.NOT_IN;
            case "=", "==" -> Operator.EQUALS;
            case "!=" -> Operator.NOT_EQUALS;
            case ">" -> Operator.GREATER;
            case "<" -> Operator.LESS;
            default -> throw new MalformedSelector("found '%s', expected: %s".formatted(token, OPERATORS));
        };
    }

    private List<String> values(Operator operator) {
        return switch (operator) {
            case IN, NOT_IN -> set();
            case EQUALS, NOT_EQUALS, GREATER, LESS, EXISTS, NOT_EXISTS -> List.of(exactValue());
        };
    }

    private String exactValue() {
        String token = peek();
        if (token.isEmpty() || token.equals(",")) {
            return "";
        }
        if (!isIdentifier(token)) {
            throw new MalformedSelector("found '%s', expected: identifier".formatted(token));
        }
        return next();
    }

    private List<String> set() {
        String open = next();
        if (!open.equals("(")) {
            throw new MalformedSelector("found '%s' expected: '('".formatted(open));
        }
        List<String> values = new ArrayList<>();
        if (peek().equals(")")) {
            next();
            return List.of("");
        }
        while (true) {
            String token = peek();
            values.add(isIdentifier(token) ? next() : "");
            String separator = next();
            if (separator.equals(")")) {
                return values;
            }
            if (!separator.equals(",")) {
                throw new MalformedSelector("found '%s', expected: ',' or ')'".formatted(separator));
            }
        }
    }

    private static boolean isIdentifier(String token) {
        return !token.isEmpty() && SPECIAL.indexOf(token.charAt(0)) < 0;
    }

    private String peek() {
        int before = at;
        String token = next();
        at = before;
        return token;
    }

    /** The next token; empty at the end. */
    private String next() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        if (at == text.length()) {
            return "";
        }
        int start = at++;
        if (SPECIAL.indexOf(text.charAt(start)) >= 0) {
            String two = at < text.length() ? text.substring(start, at + 1) : "";
            if (two.equals("==") || two.equals("!=")) {
                at++;
            }
        } else {
            while (at < text.length()
                    && SPECIAL.indexOf(text.charAt(at)) < 0
                    && !Character.isWhitespace(text.charAt(at))) {
                at++;
            }
        }
        return text.substring(start, at);
    }
}
