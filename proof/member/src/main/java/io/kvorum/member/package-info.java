/** One member of the store as a process of its own, with etcd's flags and nothing of Kubernetes. */
@NullMarked
package io.kvorum.member;

import org.jspecify.annotations.NullMarked;
