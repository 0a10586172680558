/** The output formats: simple, table, json, fields, protobuf. */
@NullMarked
package io.kvorum.etcdctl.print;

import org.jspecify.annotations.NullMarked;
