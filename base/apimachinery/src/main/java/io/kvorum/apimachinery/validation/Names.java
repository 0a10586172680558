package io.kvorum.apimachinery.validation;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The shapes of names. Each check gives upstream's complaints, none for a good name. Any thread. */
public final class Names {
    private static final String LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
    private static final String SUBDOMAIN = LABEL + "(\\." + LABEL + ")*";
    private static final String LABEL_1035 = "[a-z]([-a-z0-9]*[a-z0-9])?";
    private static final String QUALIFIED = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
    private static final String LABEL_VALUE = "(" + QUALIFIED + ")?";
    private static final String CONFIG_KEY = "[-._a-zA-Z0-9]+";
    private static final Pattern IS_LABEL = Pattern.compile(LABEL);
    private static final Pattern IS_SUBDOMAIN = Pattern.compile(SUBDOMAIN);
    private static final Pattern IS_LABEL_1035 = Pattern.compile(LABEL_1035);
    private static final Pattern IS_QUALIFIED = Pattern.compile(QUALIFIED);
    private static final Pattern IS_LABEL_VALUE = Pattern.compile(LABEL_VALUE);
    private static final Pattern IS_CONFIG_KEY = Pattern.compile(CONFIG_KEY);
    private static final Pattern IS_PORT_NAME = Pattern.compile("[-a-z0-9]*");

    private Names() {}

    public static List<String> dns1123Label(String name) {
        return check(
                name,
                63,
                IS_LABEL,
                "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and"
                        + " end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation"
                        + " is '" + LABEL + "')");
    }

    public static List<String> dns1123Subdomain(String name) {
        return check(
                name,
                253,
                IS_SUBDOMAIN,
                "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must"
                        + " start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is"
                        + " '" + SUBDOMAIN + "')");
    }

    public static List<String> dns1035Label(String name) {
        return check(
                name,
                63,
                IS_LABEL_1035,
                "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic"
                        + " character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used"
                        + " for validation is '" + LABEL_1035 + "')");
    }

    /** {@code *.example.com} is one too. */
    public static List<String> wildcardSubdomain(String name) {
        if (name.startsWith("*.") && dns1123Subdomain(name.substring(2)).isEmpty()) {
            return List.of();
        }
        return List.of(
                "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must"
                        + " consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character"
                        + " (e.g. '*.example.com', regex used for validation is '\\*\\." + SUBDOMAIN + "')");
    }

    /** The key of a label or annotation, such as {@code example.com/name}. */
    public static List<String> qualified(String name) {
        String[] parts = name.split("/", -1);
        String text = "consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric"
                + " character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '" + QUALIFIED
                + "')";
        if (parts.length > 2) {
            return List.of("a qualified name must " + text
                    + " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')");
        }
        List<String> complaints = new ArrayList<>();
        if (parts.length == 2) {
            if (parts[0].isEmpty()) {
                complaints.add("prefix part must be non-empty");
            } else {
                dns1123Subdomain(parts[0]).forEach(each -> complaints.add("prefix part " + each));
            }
        }
        String last = parts[parts.length - 1];
        if (last.isEmpty()) {
            complaints.add("name part must be non-empty");
        } else if (length(last) > 63) {
            complaints.add("name part must be no more than 63 bytes");
        }
        if (!IS_QUALIFIED.matcher(last).matches()) {
            complaints.add("name part must " + text);
        }
        return complaints;
    }

    public static List<String> labelValue(String value) {
        return check(
                value,
                63,
                IS_LABEL_VALUE,
                "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must"
                        + " start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345',"
                        + " regex used for validation is '" + LABEL_VALUE + "')");
    }

    /** A key of a ConfigMap or Secret. */
    public static List<String> configKey(String key) {
        List<String> complaints = new ArrayList<>(check(
                key,
                253,
                IS_CONFIG_KEY,
                "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or"
                        + " 'KEY_NAME',  or 'key-name', regex used for validation is '" + CONFIG_KEY + "')"));
        if (key.equals(".")) {
            complaints.add("must not be '.'");
        } else if (key.equals("..")) {
            complaints.add("must not be '..'");
        } else if (key.startsWith("..")) {
            complaints.add("must not start with '..'");
        }
        return complaints;
    }

    /** The relaxed rule that upstream has had since 1.34. */
    public static List<String> envVar(String name) {
        boolean isGood = !name.isEmpty() && name.chars().allMatch(c -> c >= ' ' && c <= '~' && c != '=');
        return isGood
                ? List.of()
                : List.of("a valid environment variable name must consist only of printable ASCII characters other than"
                        + " '='");
    }

    /** A name that stands in a URL, such as a Role's: almost anything. */
    public static List<String> pathSegment(String name) {
        if (name.equals(".") || name.equals("..")) {
            return List.of("may not be '" + name + "'");
        }
        List<String> complaints = new ArrayList<>();
        for (String forbidden : List.of("/", "%")) {
            if (name.contains(forbidden)) {
                complaints.add("may not contain '" + forbidden + "'");
            }
        }
        return complaints;
    }

    /** The name of a container's or service's target port. */
    public static List<String> portName(String name) {
        List<String> complaints = new ArrayList<>();
        if (length(name) > 15) {
            complaints.add("must be no more than 15 bytes");
        }
        if (!IS_PORT_NAME.matcher(name).matches()) {
            complaints.add("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
        }
        if (name.chars().noneMatch(c -> c >= 'a' && c <= 'z')) {
            complaints.add("must contain at least one letter (a-z)");
        }
        if (name.contains("--")) {
            complaints.add("must not contain consecutive hyphens");
        }
        if (name.startsWith("-") || name.endsWith("-")) {
            complaints.add("must not begin or end with a hyphen");
        }
        return complaints;
    }

    private static List<String> check(String name, int maxBytes, Pattern shape, String complaint) {
        List<String> complaints = new ArrayList<>();
        if (length(name) > maxBytes) {
            complaints.add("must be no more than " + maxBytes + " bytes");
        }
        // A hostile long text must not reach the expression: its stack grows with the input.
        if (length(name) > 4 * maxBytes || !shape.matcher(name).matches()) {
            complaints.add(complaint);
        }
        return complaints;
    }

    private static int length(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
