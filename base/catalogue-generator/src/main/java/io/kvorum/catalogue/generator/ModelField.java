package io.kvorum.catalogue.generator;

/** A field as its model class has it. {@code type} is in the notation of {@link ModelTypes}. */
record ModelField(String jsonName, String type, String description, boolean isRequired) {}
