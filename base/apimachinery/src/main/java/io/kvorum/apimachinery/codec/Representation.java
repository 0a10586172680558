package io.kvorum.apimachinery.codec;

/** What a caller wants to see of an object. */
public enum Representation {
    /** The object or list itself. */
    OBJECT,
    /** Rows and columns for people: {@code as=Table}. */
    TABLE,
    /** {@code as=PartialObjectMetadata} */
    METADATA,
    /** {@code as=PartialObjectMetadataList} */
    METADATA_LIST
}
