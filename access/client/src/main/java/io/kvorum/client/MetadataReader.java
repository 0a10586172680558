package io.kvorum.client;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Picks {@link ObjectMetadata} out of a list or a watch stream without building trees. One thread per stream. */
final class MetadataReader {
    /** What stands in a list beside its items. */
    record Page(String resourceVersion, String next) {}

    private static final JsonFactory JSON = new JsonFactory();

    private MetadataReader() {}

    static Page readList(InputStream body, Consumer<ObjectMetadata> items) {
        String[] page = {"", ""};
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), body)) {
            parser.nextToken();
            eachField(parser, name -> {
                if (name.equals("metadata") && parser.currentToken() == JsonToken.START_OBJECT) {
                    eachField(parser, field -> {
                        switch (field) {
                            case "resourceVersion" -> page[0] = parser.getString();
                            case "continue" -> page[1] = parser.getString();
                            default -> parser.skipChildren();
                        }
                    });
                } else if (name.equals("items") && parser.currentToken() == JsonToken.START_ARRAY) {
                    while (parser.nextToken() != JsonToken.END_ARRAY) {
                        items.accept(readObject(parser));
                    }
                } else {
                    parser.skipChildren();
                }
            });
        }
        return new Page(page[0], page[1]);
    }

    /** Reads events until the stream ends; the type is {@code ADDED}, {@code MODIFIED}, {@code DELETED}, {@code BOOKMARK} or {@code ERROR}. */
    static void readWatch(InputStream body, BiConsumer<String, ObjectMetadata> events) {
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), body)) {
            while (parser.nextToken() == JsonToken.START_OBJECT) {
                String[] type = {""};
                @Nullable ObjectMetadata[] object = {null};
                eachField(parser, name -> {
                    switch (name) {
                        case "type" -> type[0] = parser.getString();
                        case "object" -> object[0] = readObject(parser);
                        default -> parser.skipChildren();
                    }
                });
                if (object[0] != null) {
                    events.accept(type[0], object[0]);
                }
            }
        }
    }

    private static ObjectMetadata readObject(JsonParser parser) {
        Draft draft = new Draft();
        eachField(parser, name -> {
            if (name.equals("metadata") && parser.currentToken() == JsonToken.START_OBJECT) {
                eachField(parser, field -> readMetadata(parser, field, draft));
            } else {
                parser.skipChildren();
            }
        });
        return new ObjectMetadata(
                new ObjectKey(draft.namespace, draft.name),
                draft.uid,
                draft.resourceVersion,
                draft.deleting,
                draft.finalizers,
                draft.owners);
    }

    private static void readMetadata(JsonParser parser, String field, Draft draft) {
        switch (field) {
            case "name" -> draft.name = parser.getString();
            case "namespace" -> draft.namespace = parser.getString();
            case "uid" -> draft.uid = parser.getString();
            case "resourceVersion" -> draft.resourceVersion = parser.getString();
            case "deletionTimestamp" -> draft.deleting = parser.currentToken() != JsonToken.VALUE_NULL;
            case "finalizers" -> {
                if (parser.currentToken() == JsonToken.START_ARRAY) {
                    while (parser.nextToken() != JsonToken.END_ARRAY) {
                        draft.finalizers.add(parser.getString());
                    }
                }
            }
            case "ownerReferences" -> {
                if (parser.currentToken() == JsonToken.START_ARRAY) {
                    while (parser.nextToken() != JsonToken.END_ARRAY) {
                        draft.owners.add(readOwner(parser));
                    }
                }
            }
            default -> parser.skipChildren();
        }
    }

    private static ObjectMetadata.Owner readOwner(JsonParser parser) {
        String[] texts = {"", "", "", ""};
        boolean[] blocks = {false};
        eachField(parser, field -> {
            switch (field) {
                case "apiVersion" -> texts[0] = parser.getString();
                case "kind" -> texts[1] = parser.getString();
                case "name" -> texts[2] = parser.getString();
                case "uid" -> texts[3] = parser.getString();
                case "blockOwnerDeletion" -> blocks[0] = parser.currentToken() == JsonToken.VALUE_TRUE;
                default -> parser.skipChildren();
            }
        });
        return new ObjectMetadata.Owner(texts[0], texts[1], texts[2], texts[3], blocks[0]);
    }

    /** Calls with each field's name while the parser stands on its value; the parser stands on the object's start before. */
    private static void eachField(JsonParser parser, Consumer<String> field) {
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            field.accept(name);
        }
    }

    /** The fields of one object while they are being read. */
    private static final class Draft {
        private String name = "";
        private String namespace = "";
        private String uid = "";
        private String resourceVersion = "";
        private boolean deleting;
        private final List<String> finalizers = new ArrayList<>();
        private final List<ObjectMetadata.Owner> owners = new ArrayList<>();
    }
}
