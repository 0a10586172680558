package io.kvorum.apimachinery.openapi;

/** The two versions of OpenAPI, as far as they write schemas in different ways. */
enum Dialect {
    V2("#/definitions/"),
    V3("#/components/schemas/");

    private final String root;

    Dialect(String root) {
        this.root = root;
    }

    String reference(String schema) {
        return root + schema;
    }
}
