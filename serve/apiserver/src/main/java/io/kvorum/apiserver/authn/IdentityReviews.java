package io.kvorum.apiserver.authn;

import io.kvorum.apiserver.cluster.Fields;
import java.util.TreeMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Answers TokenReviews and SelfSubjectReviews: who somebody is. Any thread. */
public final class IdentityReviews {
    private final Authenticator authenticator;

    public IdentityReviews(Authenticator authenticator) {
        this.authenticator = authenticator;
    }

    /** @param review the body; becomes the answer */
    public ObjectNode token(ObjectNode review) {
        String token = review.path("spec").path("token").asString("");
        TokenAnswer answer =
                authenticator.check(token, Fields.strings(review.path("spec").path("audiences")));
        ObjectNode status = review.putObject("status");
        switch (answer) {
            case TokenAnswer.Known known -> {
                status.put("authenticated", true);
                putUser(status.putObject("user"), known.caller());
                ArrayNode audiences = status.putArray("audiences");
                known.audiences().forEach(audiences::add);
            }
            case TokenAnswer.Refused refused ->
                status.put("authenticated", false).put("error", "[invalid bearer token, " + refused.reason() + "]");
        }
        return review;
    }

    /** @param review the body; becomes the answer */
    public ObjectNode self(Caller caller, ObjectNode review) {
        putUser(review.putObject("status").putObject("userInfo"), caller);
        return review;
    }

    private static void putUser(ObjectNode user, Caller caller) {
        user.put("username", caller.user());
        if (!caller.uid().isEmpty()) {
            user.put("uid", caller.uid());
        }
        ArrayNode groups = user.putArray("groups");
        caller.groups().forEach(groups::add);
        if (!caller.extra().isEmpty()) {
            ObjectNode extra = user.putObject("extra");
            new TreeMap<>(caller.extra()).forEach((key, values) -> {
                ArrayNode list = extra.putArray(key);
                values.forEach(list::add);
            });
        }
    }
}
