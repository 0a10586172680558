package io.kvorum.apimachinery.openapi;

import io.kvorum.apimachinery.schema.ObjectSchema;
import io.kvorum.apimachinery.type.Catalogue;
import io.kvorum.apimachinery.type.GroupVersion;
import io.kvorum.apimachinery.type.GroupVersionKind;
import io.kvorum.apimachinery.type.ResourceType;
import io.kvorum.apimachinery.type.ResourceType.Subresource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/** The paths of one group version, made from its resources' verbs. */
final class ResourcePaths {
    static final String DELETE_OPTIONS = "io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions";
    static final String STATUS = "io.k8s.apimachinery.pkg.apis.meta.v1.Status";
    static final String PATCH = "io.k8s.apimachinery.pkg.apis.meta.v1.Patch";

    private static final List<String> CONNECT_METHODS =
            List.of("delete", "get", "head", "options", "patch", "post", "put");

    private final Catalogue catalogue;
    private final GroupVersion groupVersion;
    private final TreeMap<String, PathItem> items = new TreeMap<>();

    private ResourcePaths(Catalogue catalogue, GroupVersion groupVersion) {
        this.catalogue = catalogue;
        this.groupVersion = groupVersion;
    }

    /** Sorted by path. */
    static List<PathItem> of(Catalogue catalogue, GroupVersion groupVersion) {
        ResourcePaths paths = new ResourcePaths(catalogue, groupVersion);
        for (ResourceType type : catalogue.resources()) {
            if (type.groupVersion().equals(groupVersion)) {
                paths.add(type);
            }
        }
        return List.copyOf(paths.items.values());
    }

    private void add(ResourceType type) {
        String root = groupVersion.path() + "/" + (type.isNamespaced() ? "namespaces/{namespace}/" : "");
        String collection = root + type.id().resource();
        String id = idOf(type);
        put(collection, scope(type), collectionOperations(type, id));
        if (type.isNamespaced() && type.verbs().contains("list")) {
            Operation list = list(type, "list" + groupId() + type.kind() + "ForAllNamespaces");
            put(groupVersion.path() + "/" + type.id().resource(), List.of(Parameter.PRETTY), List.of(list));
        }
        List<Parameter> ofItem = new ArrayList<>(scope(type));
        ofItem.addFirst(Parameter.NAME);
        put(collection + "/{name}", ofItem, itemOperations(type, id));
        for (Subresource part : type.subresources()) {
            addSubresource(type, part, collection + "/{name}/" + part.name(), ofItem);
        }
    }

    private void put(String path, List<Parameter> parameters, List<Operation> operations) {
        if (!operations.isEmpty()) {
            items.put(path, new PathItem(path, List.copyOf(parameters), List.copyOf(operations)));
        }
    }

    private static List<Parameter> scope(ResourceType type) {
        return type.isNamespaced() ? List.of(Parameter.NAMESPACE, Parameter.PRETTY) : List.of(Parameter.PRETTY);
    }

    private List<Operation> collectionOperations(ResourceType type, String id) {
        List<Operation> operations = new ArrayList<>();
        for (String verb : type.verbs()) {
            switch (verb) {
                case "deletecollection" ->
                    operations.add(new Operation(
                            "delete",
                            verb,
                            "delete" + groupId() + "Collection"
                                    + id.substring(groupId().length()),
                            type.groupVersionKind(),
                            Parameter.OF_DELETE_COLLECTION,
                            DELETE_OPTIONS,
                            STATUS));
                case "list" -> operations.add(list(type, "list" + id));
                case "create" -> operations.add(write("post", "create" + id, type.groupVersionKind(), type.schema()));
                default -> {} // of a single object
            }
        }
        return operations;
    }

    private Operation list(ResourceType type, String id) {
        String schema = catalogue
                .schemaOf(groupVersion.kind(type.listKind()))
                .map(ObjectSchema::name)
                .orElse("");
        return new Operation("get", "list", id, type.groupVersionKind(), Parameter.OF_LIST, "", schema);
    }

    private List<Operation> itemOperations(ResourceType type, String id) {
        List<Operation> operations = new ArrayList<>();
        for (String verb : type.verbs()) {
            switch (verb) {
                case "delete" ->
                    operations.add(new Operation(
                            verb,
                            verb,
                            "delete" + id,
                            type.groupVersionKind(),
                            Parameter.OF_DELETE,
                            DELETE_OPTIONS,
                            type.returnsDeleted() ? type.schema() : STATUS));
                case "get", "patch", "update" ->
                    operations.add(single(verb, id, type.groupVersionKind(), type.schema()));
                default -> {} // of the collection
            }
        }
        return operations;
    }

    private static Operation single(String verb, String id, GroupVersionKind kind, String schema) {
        return switch (verb) {
            case "patch" -> new Operation("patch", "patch", "patch" + id, kind, Parameter.OF_PATCH, PATCH, schema);
            case "update" -> write("put", "replace" + id, kind, schema);
            case "create" -> write("post", "create" + id, kind, schema);
            default -> new Operation("get", "get", "read" + id, kind, List.of(), "", schema);
        };
    }

    private static Operation write(String method, String id, GroupVersionKind kind, String schema) {
        return new Operation(method, method, id, kind, Parameter.OF_WRITE, schema, schema);
    }

    private void addSubresource(ResourceType type, Subresource part, String path, List<Parameter> parameters) {
        String id = idOf(type) + capital(part.name());
        if (isConnection(part)) {
            List<String> methods = part.name().equals("proxy") ? CONNECT_METHODS : List.of("get", "post");
            put(path, parameters, connections(methods, type, part, ""));
            if (part.name().equals("proxy")) {
                List<Parameter> withPath = new ArrayList<>(parameters);
                withPath.add(Parameter.PATH);
                put(path + "/{path}", withPath, connections(methods, type, part, "WithPath"));
            }
            return;
        }
        String schema = part.name().equals("log")
                ? ""
                : catalogue.schemaOf(part.kind()).map(ObjectSchema::name).orElse("");
        put(
                path,
                parameters,
                part.verbs().stream()
                        .map(verb -> single(verb, id, part.kind(), schema))
                        .toList());
    }

    /** A conversation rather than an object: exec, attach, portforward, proxy. */
    private static boolean isConnection(Subresource part) {
        return part.kind().kind().endsWith("Options");
    }

    private List<Operation> connections(List<String> methods, ResourceType type, Subresource part, String suffix) {
        String rest = idOf(type).substring(groupId().length()) + capital(part.name()) + suffix;
        return methods.stream()
                .map(method -> new Operation(
                        method,
                        "connect",
                        "connect" + groupId() + capital(method) + rest,
                        part.kind(),
                        List.of(),
                        "",
                        ""))
                .toList();
    }

    private String idOf(ResourceType type) {
        return groupId() + (type.isNamespaced() ? "Namespaced" : "") + type.kind();
    }

    /** Such as CoreV1 or RbacAuthorizationV1. */
    private String groupId() {
        return capital(groupTag(groupVersion.group())) + capital(groupVersion.version());
    }

    /** Such as core or rbacAuthorization. */
    static String groupTag(String group) {
        if (group.isEmpty()) {
            return "core";
        }
        String[] words = group.replace(".k8s.io", "").split("\\.");
        StringBuilder tag = new StringBuilder(words[0]);
        for (int i = 1; i < words.length; i++) {
            tag.append(capital(words[i]));
        }
        return tag.toString();
    }

    private static String capital(String word) {
        return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
    }
}
