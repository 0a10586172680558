package io.kvorum.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiConsumer;

/** HTTP header fields in the order they were added; names are case-insensitive. One thread at a time. */
public final class Headers {
    private record Field(String lowerName, String name, String value) {}

    private final List<Field> fields = new ArrayList<>();

    public static Headers copyOf(Headers other) {
        Headers copy = new Headers();
        copy.fields.addAll(other.fields);
        return copy;
    }

    public Optional<String> first(String name) {
        String wanted = name.toLowerCase(Locale.ROOT);
        return fields.stream()
                .filter(field -> field.lowerName.equals(wanted))
                .map(Field::value)
                .findFirst();
    }

    public List<String> all(String name) {
        String wanted = name.toLowerCase(Locale.ROOT);
        return fields.stream()
                .filter(field -> field.lowerName.equals(wanted))
                .map(Field::value)
                .toList();
    }

    public Headers add(String name, String value) {
        if (value.indexOf('\n') >= 0 || value.indexOf('\r') >= 0) {
            throw new IllegalArgumentException("header " + name + " must not hold a line break");
        }
        fields.add(new Field(name.toLowerCase(Locale.ROOT), name, value));
        return this;
    }

    /** Replaces every field of this name. */
    public Headers set(String name, String value) {
        remove(name);
        return add(name, value);
    }

    public Headers remove(String name) {
        String unwanted = name.toLowerCase(Locale.ROOT);
        fields.removeIf(field -> field.lowerName.equals(unwanted));
        return this;
    }

    public void forEach(BiConsumer<String, String> action) {
        fields.forEach(field -> action.accept(field.name, field.value));
    }
}
