package io.kvorum.supervisor;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Lets servers compare their agent tokens before one joins the other, without showing them: only who knows the server
 * token can make a mark, or test a guess by one. Pure.
 */
public final class AgentTokenMark {
    /** Where {@code /v1-k3s/config} tells it, among our own members. */
    public static final String MEMBER = "KvorumAgentTokenMark";

    private AgentTokenMark() {}

    /** @param agentPassword the server's own where there is no agent token */
    public static String of(String serverPassword, String agentPassword) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(serverPassword.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(agentPassword.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no HmacSHA256", e);
        }
    }
}
