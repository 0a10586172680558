package io.kvorum.controllers;

import io.fabric8.kubernetes.api.model.IntOrString;
import org.jspecify.annotations.Nullable;

/** A count given as a number or as a share. Pure functions. */
public final class IntOrPercent {
    private IntOrPercent() {}

    public static int roundedUp(@Nullable IntOrString value, int total, String absent) {
        return of(value, total, absent, true);
    }

    public static int roundedDown(@Nullable IntOrString value, int total, String absent) {
        return of(value, total, absent, false);
    }

    private static int of(@Nullable IntOrString value, int total, String absent, boolean up) {
        String text = absent;
        if (value != null) {
            if (value.getIntVal() != null) {
                return value.getIntVal();
            }
            text = value.getStrVal();
        }
        if (!text.endsWith("%")) {
            return Integer.parseInt(text);
        }
        long hundredths = (long) Integer.parseInt(text.substring(0, text.length() - 1)) * total;
        return (int) (up ? Math.ceilDiv(hundredths, 100L) : Math.floorDiv(hundredths, 100L));
    }
}
