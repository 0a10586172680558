package io.kvorum.apiserver.admission;

/** One link of the chain; any thread. A plugin changes objects, checks them, or both. */
interface Plugin {
    /** May change the request's object in place. */
    default void change(AdmissionRequest request) {}

    /** Sees the object as all plugins have left it. */
    default void check(AdmissionRequest request) {}
}
