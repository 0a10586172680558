package io.kvorum.apimachinery.openapi;

import java.util.List;

/** One path with what can be done there. {@code parameters} are those of every method. */
record PathItem(String path, List<Parameter> parameters, List<Operation> operations) {}
