package io.kvorum.conformance;

import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;

/** Where each test goes on from the one before: after a failure the others fail at once, naming it. */
final class StepByStep implements InvocationInterceptor {
    private @Nullable String failed;

    @Override
    public void interceptTestMethod(
            Invocation<@Nullable Void> invocation,
            ReflectiveInvocationContext<Method> invocationContext,
            ExtensionContext extensionContext)
            throws Throwable {
        if (failed != null) {
            invocation.skip();
            throw new AssertionError("not tried, since " + failed + " failed");
        }
        try {
            invocation.proceed();
        } catch (Throwable e) {
            failed = extensionContext.getDisplayName();
            throw e;
        }
    }
}
