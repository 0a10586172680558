package io.kvorum.client;

import java.util.List;

/** The part of any object that garbage collection needs; times and labels are left out to stay small. */
public record ObjectMetadata(
        ObjectKey key,
        String uid,
        String resourceVersion,
        boolean deleting,
        List<String> finalizers,
        List<Owner> owners) {
    public ObjectMetadata {
        finalizers = List.copyOf(finalizers);
        owners = List.copyOf(owners);
    }

    /** One owner reference. */
    public record Owner(String apiVersion, String kind, String name, String uid, boolean blocksDeletion) {}
}
