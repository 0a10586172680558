/** What one run of the command line has: flags, streams, connection, ways to fail. */
@NullMarked
package io.kvorum.etcdctl.session;

import org.jspecify.annotations.NullMarked;
