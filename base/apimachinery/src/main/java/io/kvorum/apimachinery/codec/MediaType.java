package io.kvorum.apimachinery.codec;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A media type of an Accept or Content-Type header.
 *
 * @param parameters without the quality, such as {@code as=Table}
 * @param quality from 0 (refused) to 1
 */
public record MediaType(String type, String subtype, SortedMap<String, String> parameters, double quality) {
    public MediaType {
        parameters = Collections.unmodifiableSortedMap(new TreeMap<>(parameters));
    }

    /** Such as {@code application/json}. */
    public String name() {
        return type + "/" + subtype;
    }

    public String parameter(String name) {
        return parameters.getOrDefault(name, "");
    }

    /** Whether this type or range (with stars) takes in the given type. */
    public boolean covers(String mediaType) {
        int slash = mediaType.indexOf('/');
        return (type.equals("*") || type.equals(mediaType.substring(0, slash)))
                && (subtype.equals("*") || subtype.equals(mediaType.substring(slash + 1)));
    }

    /** Reads one media type; one without a slash gets an empty subtype. */
    public static MediaType parse(String text) {
        List<String> parts = split(text, ';');
        String name = parts.getFirst().strip().toLowerCase(Locale.ROOT);
        int slash = name.indexOf('/');
        SortedMap<String, String> parameters = new TreeMap<>();
        for (String part : parts.subList(1, parts.size())) {
            int equals = part.indexOf('=');
            if (equals > 0) {
                String key = part.substring(0, equals).strip().toLowerCase(Locale.ROOT);
                parameters.put(key, unquoted(part.substring(equals + 1).strip()));
            }
        }
        double quality = quality(parameters.remove("q"));
        return slash < 0
                ? new MediaType(name, "", parameters, quality)
                : new MediaType(name.substring(0, slash), name.substring(slash + 1), parameters, quality);
    }

    /** Reads an Accept header: the acceptable types, best first, in the given order among equals. */
    public static List<MediaType> parseAccept(String header) {
        return split(header, ',').stream()
                .filter(part -> !part.isBlank())
                .map(MediaType::parse)
                .filter(mediaType -> mediaType.quality > 0)
                .sorted(Comparator.comparing(MediaType::quality, Comparator.reverseOrder()))
                .toList();
    }

    private static double quality(@Nullable String text) {
        try {
            return text == null ? 1 : Math.clamp(Double.parseDouble(text), 0, 1);
        } catch (NumberFormatException e) {
            return 1;
        }
    }

    private static String unquoted(String value) {
        boolean isQuoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
        return isQuoted ? value.substring(1, value.length() - 1).replace("\\", "") : value;
    }

    /** Splits outside of quotes. */
    private static List<String> split(String text, char separator) {
        List<String> parts = new ArrayList<>();
        boolean isQuoted = false;
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') {
                isQuoted = !isQuoted;
            } else if (c == separator && !isQuoted) {
                parts.add(text.substring(start, i));
                start = i + 1;
            }
        }
        parts.add(text.substring(start));
        return parts;
    }
}
