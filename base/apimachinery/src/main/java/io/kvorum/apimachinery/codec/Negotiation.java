package io.kvorum.apimachinery.codec;

import io.kvorum.apimachinery.status.ApiException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Chooses encodings from the Accept and Content-Type headers. Any thread. */
public final class Negotiation {
    /** What the server speaks, best first. */
    private static final List<Encoding> SPOKEN = List.of(Encoding.JSON, Encoding.YAML);

    private static final String META_GROUP = "meta.k8s.io";

    private Negotiation() {}

    /**
     * The answer's encoding and representation.
     *
     * @param accept the header, empty for none (JSON)
     * @param mayTransform whether tables and bare metadata can be had here
     * @throws ApiException 406 when nothing acceptable is spoken
     */
    public static Accepted answer(String accept, boolean mayTransform) {
        if (accept.isBlank()) {
            return new Accepted(Encoding.JSON, Representation.OBJECT, "", false);
        }
        for (MediaType wanted : MediaType.parseAccept(accept)) {
            Optional<Accepted> accepted = offer(wanted, mayTransform);
            if (accepted.isPresent()) {
                return accepted.get();
            }
        }
        throw ApiException.notAcceptable("only the following media types are accepted: " + spoken());
    }

    private static Optional<Accepted> offer(MediaType wanted, boolean mayTransform) {
        Optional<Encoding> encoding =
                SPOKEN.stream().filter(each -> wanted.covers(each.mediaType())).findFirst();
        Optional<Representation> representation = representation(wanted);
        boolean isPlain = representation.filter(Representation.OBJECT::equals).isPresent();
        if (encoding.isEmpty() || representation.isEmpty() || (!isPlain && !mayTransform)) {
            return Optional.empty();
        }
        String pretty = wanted.parameter("pretty");
        return Optional.of(new Accepted(
                encoding.get(),
                representation.get(),
                isPlain ? "" : wanted.parameter("v"),
                pretty.equals("1") || pretty.equals("true")));
    }

    private static Optional<Representation> representation(MediaType wanted) {
        String as = wanted.parameter("as");
        if (as.isEmpty()) {
            return Optional.of(Representation.OBJECT);
        }
        String version = wanted.parameter("v");
        boolean isMeta =
                wanted.parameter("g").equals(META_GROUP) && (version.equals("v1") || version.equals("v1beta1"));
        if (!isMeta) {
            return Optional.empty();
        }
        return switch (as) {
            case "Table" -> Optional.of(Representation.TABLE);
            case "PartialObjectMetadata" -> Optional.of(Representation.METADATA);
            case "PartialObjectMetadataList" -> Optional.of(Representation.METADATA_LIST);
            default -> Optional.empty();
        };
    }

    /**
     * The encoding of a request's body.
     *
     * @param contentType the header, empty for none (JSON)
     * @throws ApiException 415 for one that is not spoken
     */
    public static Encoding body(String contentType) {
        if (contentType.isBlank()) {
            return Encoding.JSON;
        }
        String name = MediaType.parse(contentType).name();
        return SPOKEN.stream()
                .filter(each -> each.mediaType().equals(name))
                .findFirst()
                .orElseThrow(Negotiation::unsupportedBody);
    }

    static ApiException unsupportedBody() {
        return ApiException.unsupportedMediaType(
                "the body of the request was in an unknown format - accepted media types include: " + spoken());
    }

    private static String spoken() {
        return SPOKEN.stream().map(Encoding::mediaType).collect(Collectors.joining(", "));
    }
}
