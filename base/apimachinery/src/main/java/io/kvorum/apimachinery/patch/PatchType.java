package io.kvorum.apimachinery.patch;

import io.kvorum.apimachinery.codec.MediaType;
import io.kvorum.apimachinery.status.ApiException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The kinds of patches, by their Content-Type. */
public enum PatchType {
    JSON("application/json-patch+json"),
    MERGE("application/merge-patch+json"),
    STRATEGIC("application/strategic-merge-patch+json"),
    APPLY("application/apply-patch+yaml");

    private final String mediaType;

    PatchType(String mediaType) {
        this.mediaType = mediaType;
    }

    public String mediaType() {
        return mediaType;
    }

    /**
     * Finds the type that a request's Content-Type names.
     *
     * @param supported what the resource takes; custom resources know no strategic merge
     * @throws ApiException 415 for any other
     */
    public static PatchType of(String contentType, List<PatchType> supported) {
        String name = MediaType.parse(contentType).name();
        return Arrays.stream(values())
                .filter(type -> type.mediaType.equals(name) && supported.contains(type))
                .findFirst()
                .orElseThrow(() -> ApiException.unsupportedMediaType(
                        "the body of the request was in an unknown format - accepted media types include: "
                                + supported.stream().map(PatchType::mediaType).collect(Collectors.joining(", "))));
    }
}
