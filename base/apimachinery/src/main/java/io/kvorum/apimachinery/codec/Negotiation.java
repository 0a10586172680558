package io.kvorum.apimachinery.codec;

import io.kvorum.apimachinery.status.ApiException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Chooses encodings from the Accept and Content-Type headers. Any thread. */
public final class Negotiation {
    /** What the server speaks everywhere, best first. */
    private static final List<Encoding> TEXTS = List.of(Encoding.JSON, Encoding.YAML);

    /** What it speaks of kinds that travel as protobuf. */
    private static final List<Encoding> ALL = List.of(Encoding.JSON, Encoding.YAML, Encoding.PROTOBUF);

    private static final String META_GROUP = "meta.k8s.io";

    private Negotiation() {}

    /** As {@link #answer(String, boolean, boolean)} where nothing travels as protobuf. */
    public static Accepted answer(String accept, boolean mayTransform) {
        return answer(accept, mayTransform, false);
    }

    /**
     * The answer's encoding and representation.
     *
     * @param accept the header, empty for none (JSON)
     * @param mayTransform whether tables and bare metadata can be had here
     * @param mayBeProtobuf whether the kind travels so; tables never do
     * @throws ApiException 406 when nothing acceptable is spoken
     */
    public static Accepted answer(String accept, boolean mayTransform, boolean mayBeProtobuf) {
        if (accept.isBlank()) {
            return new Accepted(Encoding.JSON, Representation.OBJECT, "", false);
        }
        for (MediaType wanted : MediaType.parseAccept(accept)) {
            Optional<Accepted> accepted = offer(wanted, mayTransform, mayBeProtobuf ? ALL : TEXTS);
            if (accepted.isPresent()) {
                return accepted.get();
            }
        }
        throw ApiException.notAcceptable(
                "only the following media types are accepted: " + names(mayBeProtobuf ? ALL : TEXTS));
    }

    private static Optional<Accepted> offer(MediaType wanted, boolean mayTransform, List<Encoding> spoken) {
        Optional<Encoding> encoding =
                spoken.stream().filter(each -> wanted.covers(each.mediaType())).findFirst();
        Optional<Representation> representation = representation(wanted);
        boolean isPlain = representation.filter(Representation.OBJECT::equals).isPresent();
        if (encoding.isEmpty() || representation.isEmpty() || (!isPlain && !mayTransform)) {
            return Optional.empty();
        }
        if (encoding.get() == Encoding.PROTOBUF && !isProtobuf(representation.get(), wanted.parameter("v"))) {
            return Optional.empty();
        }
        String pretty = wanted.parameter("pretty");
        return Optional.of(new Accepted(
                encoding.get(),
                representation.get(),
                isPlain ? "" : wanted.parameter("v"),
                pretty.equals("1") || pretty.equals("true")));
    }

    private static boolean isProtobuf(Representation representation, String version) {
        return switch (representation) {
            case OBJECT -> true;
            case METADATA, METADATA_LIST -> version.equals("v1");
            case TABLE -> false;
        };
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
        return ALL.stream()
                .filter(each -> each.mediaType().equals(name))
                .findFirst()
                .orElseThrow(Negotiation::unsupportedBody);
    }

    static ApiException unsupportedBody() {
        return unsupportedBody(ALL);
    }

    /** For a body in protobuf of a kind that does not travel so. */
    static ApiException onlyText() {
        return unsupportedBody(TEXTS);
    }

    private static ApiException unsupportedBody(List<Encoding> spoken) {
        return ApiException.unsupportedMediaType(
                "the body of the request was in an unknown format - accepted media types include: " + names(spoken));
    }

    private static String names(List<Encoding> spoken) {
        return spoken.stream().map(Encoding::mediaType).collect(Collectors.joining(", "));
    }
}
