/** First stage: what the request asks for, limits on requests in flight, failures as Status. */
@NullMarked
package io.kvorum.apiserver.http;

import org.jspecify.annotations.NullMarked;
