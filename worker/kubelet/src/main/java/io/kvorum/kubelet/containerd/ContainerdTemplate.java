package io.kvorum.kubelet.containerd;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The operator's own version of containerd's configuration, {@code config.toml.tmpl}: a whole file, or one that takes up ours
 * by {@code {{ template "base" . }}} and adds to it. What else Go's templates know is not understood. Stateless.
 */
final class ContainerdTemplate {
    private static final Logger LOG = LoggerFactory.getLogger(ContainerdTemplate.class);
    private static final Pattern COMMENT = Pattern.compile("\\{\\{-?\\s*/\\*.*?\\*/\\s*-?}}", Pattern.DOTALL);
    private static final Pattern BASE = Pattern.compile("\\{\\{-?\\s*template\\s+\"base\"\\s+\\.\\s*-?}}");

    private ContainerdTemplate() {}

    /** @param base what counts without a template, and with one that is not understood */
    static String render(Path configuration, String base) throws IOException {
        Path template = configuration.resolveSibling("config.toml.tmpl");
        Path newer = configuration.resolveSibling("config-v3.toml.tmpl");
        if (!Files.exists(template)) {
            if (Files.exists(newer)) {
                LOG.atWarn()
                        .addKeyValue("file", newer)
                        .log(
                                "template is not used: the configuration here has version 2, so write it as config.toml.tmpl");
            }
            return base;
        }
        String text = COMMENT.matcher(Files.readString(template)).replaceAll("");
        String filled = BASE.matcher(text).replaceAll(Matcher.quoteReplacement(base));
        if (filled.contains("{{")) {
            LOG.atWarn()
                    .addKeyValue("file", template)
                    .log(
                            "template is not used: of Go's template language only {{ template \"base\" . }} is understood");
            return base;
        }
        return filled;
    }
}
