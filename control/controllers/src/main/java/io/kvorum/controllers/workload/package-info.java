/** What the controllers that own pods share: templates, expectations, adoption. */
@NullMarked
package io.kvorum.controllers.workload;

import org.jspecify.annotations.NullMarked;
