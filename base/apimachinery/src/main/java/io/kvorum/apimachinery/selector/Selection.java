package io.kvorum.apimachinery.selector;

import io.kvorum.apimachinery.codec.ObjectScanner;
import io.kvorum.apimachinery.codec.ObjectScanner.Scanned;
import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.apimachinery.tree.Tree;
import io.kvorum.apimachinery.type.GroupVersionResource;
import io.kvorum.model.Bytes;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.node.ObjectNode;

/** Which objects of one resource a list or watch is about: labels and fields together. Immutable, any thread. */
public final class Selection {
    private final LabelSelector labels;
    private final FieldSelector fields;
    private final FieldLabels known;
    private final Set<String> paths;
    private final ObjectScanner scanner;

    private Selection(LabelSelector labels, FieldSelector fields, FieldLabels known) {
        this.labels = labels;
        this.fields = fields;
        this.known = known;
        this.paths = known.paths(fields);
        this.scanner = new ObjectScanner(paths);
    }

    public static Selection everything(GroupVersionResource resource) {
        return new Selection(LabelSelector.EVERYTHING, FieldSelector.EVERYTHING, FieldLabels.of(resource));
    }

    public static Selection of(GroupVersionResource resource, LabelSelector labels, FieldSelector fields) {
        FieldLabels known = FieldLabels.of(resource);
        return new Selection(labels, known.check(fields), known);
    }

    /**
     * Reads the query parameters {@code labelSelector} and {@code fieldSelector}, empty for none.
     *
     * @throws ApiException 400 with upstream's text
     */
    public static Selection parse(GroupVersionResource resource, String labelSelector, String fieldSelector) {
        try {
            return of(resource, LabelSelector.parse(labelSelector), FieldSelector.parse(fieldSelector));
        } catch (MalformedSelector e) {
            throw ApiException.badRequest(e.problem());
        }
    }

    public boolean isEverything() {
        return labels.isEverything() && fields.isEverything();
    }

    public LabelSelector labels() {
        return labels;
    }

    public FieldSelector fields() {
        return fields;
    }

    /** The one name that it can match, when it asks for one. */
    public Optional<String> name() {
        return fields.exact("metadata.name");
    }

    /** Looks into the stored JSON of an object without building a tree. */
    public boolean matches(Bytes json) {
        return isEverything() || matches(scanner.scan(json.toByteArray()));
    }

    private boolean matches(Scanned scanned) {
        return labels.matches(scanned.labels()) && fields.matches(label -> known.value(label, scanned.fields()));
    }

    public boolean matches(ObjectNode object) {
        if (isEverything()) {
            return true;
        }
        Map<String, String> values = new TreeMap<>();
        for (String path : paths) {
            String value = Tree.scalar(object, path.split("\\."));
            if (!value.isEmpty()) {
                values.put(path, value);
            }
        }
        return labels.matches(Tree.textMap(object, "metadata", "labels"))
                && fields.matches(label -> known.value(label, values));
    }

    @Override
    public String toString() {
        return "labels [" + labels + "] fields [" + fields + "]";
    }
}
