/** What every command needs: settings, the connection to the runtime, input and output. */
@NullMarked
package io.kvorum.crictl.session;

import org.jspecify.annotations.NullMarked;
