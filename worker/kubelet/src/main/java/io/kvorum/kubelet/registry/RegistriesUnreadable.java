package io.kvorum.kubelet.registry;

import org.jspecify.annotations.Nullable;

/** The file with the registries' settings makes no sense; the message names the place and what should be there. */
public final class RegistriesUnreadable extends RuntimeException {
    RegistriesUnreadable(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
