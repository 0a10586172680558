package io.kvorum.apimachinery.codec;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.schema.CoreSchema;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads YAML into JSON trees, as Kubernetes' tools do, which keep to YAML 1.1: {@code 0644} is octal and {@code yes} is true.
 * Aliases are expanded within the limits. Any thread.
 */
final class YamlReader {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    // A document of aliases to aliases grows exponentially; no honest object has this many values.
    private static final int MAX_VALUES = 1_000_000;

    private static final Pattern OCTAL = Pattern.compile("[-+]?0[0-7]+");
    private static final Set<String> TRUE = Set.of("y", "Y", "yes", "Yes", "YES", "on", "On", "ON");
    private static final Set<String> FALSE = Set.of("n", "N", "no", "No", "NO", "off", "Off", "OFF");

    private final Limits limits;

    YamlReader(Limits limits) {
        this.limits = limits;
    }

    /** @throws Document.Unreadable when it is no YAML, or beyond the limits */
    Document read(byte[] yaml) {
        try {
            Node root = new Compose(settings())
                    .composeString(new String(yaml, StandardCharsets.UTF_8))
                    .orElseThrow(() -> new Document.Unreadable("the document is empty"));
            return document(root);
        } catch (YamlEngineException e) {
            throw unreadable(e);
        }
    }

    /** Documents that hold nothing are left out. @throws Document.Unreadable as for one */
    List<Document> readAll(byte[] yaml) {
        List<Document> documents = new ArrayList<>();
        try {
            for (Node root : new Compose(settings()).composeAllFromString(new String(yaml, StandardCharsets.UTF_8))) {
                Document document = document(root);
                if (!document.root().isNull()) {
                    documents.add(document);
                }
            }
            return documents;
        } catch (YamlEngineException e) {
            throw unreadable(e);
        }
    }

    private Document document(Node root) {
        Conversion conversion = new Conversion(limits.maxDepth());
        return new Document(conversion.value(root, Step.ROOT, 0), conversion.duplicates);
    }

    private static Document.Unreadable unreadable(YamlEngineException cause) {
        return new Document.Unreadable("error converting YAML to JSON: " + cause.getMessage());
    }

    private LoadSettings settings() {
        return LoadSettings.builder()
                .setSchema(new CoreSchema())
                .setAllowDuplicateKeys(true)
                .setCodePointLimit(limits.maxBytes())
                .build();
    }

    /** One document's way from YAML nodes to JSON nodes. */
    private static final class Conversion {
        private final int maxDepth;
        private final List<String> duplicates = new ArrayList<>();
        private int values;

        Conversion(int maxDepth) {
            this.maxDepth = maxDepth;
        }

        JsonNode value(Node node, Step at, int depth) {
            if (depth > maxDepth || ++values > MAX_VALUES) {
                throw new Document.Unreadable("error converting YAML to JSON: document is too deep or too large");
            }
            return switch (node) {
                case MappingNode mapping -> object(mapping, at, depth);
                case SequenceNode sequence -> array(sequence, at, depth);
                case ScalarNode scalar -> scalar(scalar);
                default ->
                    throw new Document.Unreadable("error converting YAML to JSON: unexpected " + node.getNodeType());
            };
        }

        private ObjectNode object(MappingNode mapping, Step at, int depth) {
            ObjectNode object = NODES.objectNode();
            for (NodeTuple tuple : mapping.getValue()) {
                if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                    throw new Document.Unreadable("error converting YAML to JSON: a key is not a plain value");
                }
                Step here = at.field(key.getValue());
                if (object.has(key.getValue())) {
                    duplicates.add(here.indexed());
                }
                object.set(key.getValue(), value(tuple.getValueNode(), here, depth + 1));
            }
            return object;
        }

        private ArrayNode array(SequenceNode sequence, Step at, int depth) {
            ArrayNode array = NODES.arrayNode();
            for (Node item : sequence.getValue()) {
                array.add(value(item, at.index(array.size()), depth + 1));
            }
            return array;
        }

        private static JsonNode scalar(ScalarNode scalar) {
            Tag tag = scalar.getTag();
            String text = scalar.getValue();
            if (tag.equals(Tag.NULL)) {
                return NODES.nullNode();
            }
            if (tag.equals(Tag.BOOL)) {
                return NODES.booleanNode(Boolean.parseBoolean(text));
            }
            if (tag.equals(Tag.INT)) {
                return wholeNumber(text);
            }
            if (tag.equals(Tag.FLOAT)) {
                return fraction(text);
            }
            boolean isPlain = scalar.getScalarStyle() == ScalarStyle.PLAIN;
            return isPlain && (TRUE.contains(text) || FALSE.contains(text))
                    ? NODES.booleanNode(TRUE.contains(text))
                    : NODES.stringNode(text);
        }

        private static JsonNode wholeNumber(String text) {
            BigInteger number = text.startsWith("0x")
                    ? new BigInteger(text.substring(2), 16)
                    : text.startsWith("0o")
                            ? new BigInteger(text.substring(2), 8)
                            : new BigInteger(text, OCTAL.matcher(text).matches() ? 8 : 10);
            if (number.bitLength() < Integer.SIZE) {
                return NODES.numberNode(number.intValue());
            }
            return number.bitLength() < Long.SIZE ? NODES.numberNode(number.longValue()) : NODES.numberNode(number);
        }

        private static JsonNode fraction(String text) {
            try {
                return NODES.numberNode(new BigDecimal(text).doubleValue());
            } catch (NumberFormatException infinityOrNotANumber) {
                return NODES.stringNode(text);
            }
        }
    }
}
