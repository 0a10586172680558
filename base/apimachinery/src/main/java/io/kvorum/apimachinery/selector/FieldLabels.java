package io.kvorum.apimachinery.selector;

import io.kvorum.apimachinery.type.GroupVersionResource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** The fields that a resource's objects can be selected by, and where in the object each is read. Immutable. */
public final class FieldLabels {
    private static final List<String> METADATA = List.of("metadata.name", "metadata.namespace");

    /**
     * Where a label's value is found.
     *
     * @param paths the first that is present and not empty counts
     * @param absent the value when none is
     */
    private record Source(List<String> paths, String absent) {}

    private final String resource;
    private final boolean hasOwnFields;
    private final SortedMap<String, Source> sources = new TreeMap<>();

    private FieldLabels(String resource, boolean hasOwnFields) {
        this.resource = resource;
        this.hasOwnFields = hasOwnFields;
        METADATA.forEach(this::plain);
    }

    private FieldLabels plain(String... labels) {
        for (String label : labels) {
            sources.put(label, new Source(List.of(label), ""));
        }
        return this;
    }

    private FieldLabels withAbsent(String absent, String... labels) {
        for (String label : labels) {
            sources.put(label, new Source(List.of(label), absent));
        }
        return this;
    }

    private FieldLabels from(String label, String absent, String... paths) {
        sources.put(label, new Source(List.of(paths), absent));
        return this;
    }

    /** What upstream supports for the built-in resources; only name and namespace for all others. */
    public static FieldLabels of(GroupVersionResource id) {
        return switch (id.qualified()) {
            case "pods" ->
                own(id).plain(
                                "spec.nodeName",
                                "spec.restartPolicy",
                                "spec.schedulerName",
                                "spec.serviceAccountName",
                                "status.phase",
                                "status.podIP",
                                "status.podIPs",
                                "status.nominatedNodeName")
                        .withAbsent("false", "spec.hostNetwork");
            case "nodes" -> own(id).withAbsent("false", "spec.unschedulable");
            case "namespaces" -> own(id).plain("status.phase").from("name", "", "metadata.name");
            case "secrets" -> own(id).plain("type");
            case "services" -> own(id).plain("spec.clusterIP", "spec.type");
            case "replicationcontrollers" -> own(id).withAbsent("0", "status.replicas");
            case "replicasets.apps" -> own(id).withAbsent("0", "status.replicas");
            case "jobs.batch" -> own(id).from("status.successful", "0", "status.succeeded");
            case "certificatesigningrequests.certificates.k8s.io" -> own(id).plain("spec.signerName");
            case "resourceslices.resource.k8s.io" -> own(id).plain("spec.nodeName", "spec.driver");
            case "events" -> events(own(id), "involvedObject", "source.component", "reportingComponent");
            case "events.events.k8s.io" ->
                events(own(id), "regarding", "deprecatedSource.component", "reportingController");
            default -> new FieldLabels(id.qualified(), false);
        };
    }

    private static FieldLabels own(GroupVersionResource id) {
        return new FieldLabels(id.qualified(), true);
    }

    /** @param subject how this version of events calls the object that they are about */
    private static FieldLabels events(FieldLabels labels, String subject, String source, String reporter) {
        for (String field : List.of("kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath")) {
            labels.from("involvedObject." + field, "", subject + "." + field);
            labels.from(subject + "." + field, "", subject + "." + field);
        }
        labels.from("reportingComponent", "", reporter);
        return labels.from("source", "", source, reporter).plain("reason", "type");
    }

    /**
     * Checks that the selector names only supported fields.
     *
     * @throws MalformedSelector with upstream's text
     */
    public FieldSelector check(FieldSelector selector) {
        for (FieldSelector.Term term : selector.terms()) {
            if (!sources.containsKey(term.field())) {
                throw new MalformedSelector(
                        hasOwnFields
                                ? "field label not supported: " + term.field()
                                : "\"%s\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\""
                                        .formatted(term.field()));
            }
        }
        return selector;
    }

    /** The paths to read from an object for this selector. */
    Set<String> paths(FieldSelector selector) {
        Set<String> paths = new LinkedHashSet<>();
        for (FieldSelector.Term term : selector.terms()) {
            Source source = sources.get(term.field());
            if (source != null) {
                paths.addAll(source.paths());
            }
        }
        return paths;
    }

    /** A label's value, given the values at the paths. */
    String value(String label, Map<String, String> fields) {
        Source source = sources.get(label);
        if (source == null) {
            return "";
        }
        for (String path : source.paths()) {
            String value = fields.getOrDefault(path, "");
            if (!value.isEmpty()) {
                return value;
            }
        }
        return source.absent();
    }

    @Override
    public String toString() {
        return resource + sources.keySet();
    }
}
