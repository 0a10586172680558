package io.kvorum.apimachinery.type;

import io.kvorum.apimachinery.schema.ObjectSchema;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** The kinds that every Kubernetes server has, read from the resource that the build wrote. Any thread. */
public final class BuiltInCatalogue implements Catalogue {
    private final CatalogueFile file;
    private final List<GroupVersion> groupVersions;
    private final List<ResourceType> resources;
    private final Map<GroupVersionResource, ResourceType> byId = new HashMap<>();
    private final Map<GroupVersionKind, ResourceType> byKind = new HashMap<>();
    private final Map<String, ObjectSchema> schemas = new ConcurrentHashMap<>();

    private BuiltInCatalogue(CatalogueFile file) {
        this.file = file;
        // loops, not streams: this runs in every start, where each first lambda costs milliseconds
        Set<GroupVersion> inOrder = new LinkedHashSet<>();
        TreeMap<String, ResourceType> sorted = new TreeMap<>();
        for (ResourceType type : file.resources()) {
            GroupVersionResource id = type.id();
            inOrder.add(id.groupVersion());
            sorted.put(String.join("\0", id.group(), id.version(), id.resource()), type);
            byId.put(id, type);
            byKind.put(type.groupVersionKind(), type);
        }
        groupVersions = List.copyOf(inOrder);
        resources = List.copyOf(sorted.values());
    }

    /** Reads names and verbs; schemas are unpacked one by one when first asked for. */
    public static BuiltInCatalogue load() {
        return new BuiltInCatalogue(CatalogueFile.read());
    }

    @Override
    public List<GroupVersion> groupVersions() {
        return groupVersions;
    }

    @Override
    public List<ResourceType> resources() {
        return resources;
    }

    @Override
    public Optional<ResourceType> resource(GroupVersionResource id) {
        return Optional.ofNullable(byId.get(id));
    }

    @Override
    public Optional<ResourceType> kind(GroupVersionKind kind) {
        return Optional.ofNullable(byKind.get(kind));
    }

    @Override
    public Optional<ObjectSchema> schema(String name) {
        if (!file.has(name)) {
            return Optional.empty();
        }
        return Optional.of(schemas.computeIfAbsent(name, file::schema));
    }

    /** The names of all schemas, sorted. */
    public Collection<String> schemaNames() {
        return Collections.unmodifiableCollection(file.schemaNames());
    }

    @Override
    public Optional<ObjectSchema> schemaOf(GroupVersionKind kind) {
        return file.schemaName(kind).flatMap(this::schema);
    }

    @Override
    public List<GroupVersionKind> kindsOf(String schemaName) {
        return file.kinds(schemaName, groupVersions);
    }

    @Override
    public String contentHash(GroupVersion groupVersion) {
        return ContentHash.of(groupVersion + file.fingerprint());
    }
}
