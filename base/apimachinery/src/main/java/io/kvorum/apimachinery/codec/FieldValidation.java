package io.kvorum.apimachinery.codec;

import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.apimachinery.status.ApiStatus;
import io.kvorum.apimachinery.status.ApiStatus.Cause;
import io.kvorum.apimachinery.status.ApiStatus.Details;
import java.util.List;

/** What happens to unknown and duplicate fields of a request's body: the parameter {@code fieldValidation}. */
public enum FieldValidation {
    IGNORE,
    WARN,
    STRICT;

    /**
     * Reads the query parameter; empty means upstream's default, a warning.
     *
     * @throws ApiException 422 for another value
     */
    public static FieldValidation parse(String parameter) {
        return switch (parameter) {
            case "", "Warn" -> WARN;
            case "Ignore" -> IGNORE;
            case "Strict" -> STRICT;
            default -> throw unsupported(parameter);
        };
    }

    private static ApiException unsupported(String parameter) {
        String text = "Unsupported value: \"%s\": supported values: \"\", \"Ignore\", \"Strict\", \"Warn\""
                .formatted(parameter);
        return new ApiException(new ApiStatus(
                422,
                "Invalid",
                "CreateOptions.meta.k8s.io \"\" is invalid: fieldValidation: " + text,
                new Details(
                        "",
                        "meta.k8s.io",
                        "CreateOptions",
                        "",
                        List.of(new Cause("FieldValueNotSupported", text, "fieldValidation")),
                        0)));
    }
}
