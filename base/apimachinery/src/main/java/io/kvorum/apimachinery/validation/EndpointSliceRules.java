package io.kvorum.apimachinery.validation;

import io.kvorum.apimachinery.tree.Tree;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** EndpointSlices. */
final class EndpointSliceRules implements KindRules {
    private static final int MOST_ENDPOINTS = 1000;
    private static final int MOST_PORTS = 20_000;
    private static final int MOST_ADDRESSES = 100;

    @Override
    public void check(ObjectNode object, Problems problems) {
        if (Tree.text(object, "addressType").isEmpty()) {
            problems.required(Place.of("addressType"));
        }
        List<ObjectNode> endpoints = Tree.objects(object, "endpoints");
        if (endpoints.size() > MOST_ENDPOINTS) {
            problems.tooMany(Place.of("endpoints"), endpoints.size(), MOST_ENDPOINTS);
            return;
        }
        for (int i = 0; i < endpoints.size(); i++) {
            Place at = Place.of("endpoints").index(i).field("addresses");
            int addresses = Tree.texts(endpoints.get(i), "addresses").size();
            if (addresses == 0) {
                problems.required(at, "must contain at least 1 address");
            } else if (addresses > MOST_ADDRESSES) {
                problems.tooMany(at, addresses, MOST_ADDRESSES);
            }
        }
        ports(Tree.objects(object, "ports"), problems);
    }

    private static void ports(List<ObjectNode> ports, Problems problems) {
        if (ports.size() > MOST_PORTS) {
            problems.tooMany(Place.of("ports"), ports.size(), MOST_PORTS);
            return;
        }
        for (int i = 0; i < ports.size(); i++) {
            String name = Tree.text(ports.get(i), "name");
            if (!name.isEmpty()) {
                problems.invalid(Place.of("ports").index(i).field("name"), name, Names.dns1123Label(name));
            }
        }
    }

    @Override
    public void checkChange(ObjectNode object, ObjectNode before, Problems problems) {
        problems.unchanged(Place.of("addressType"), Tree.at(object, "addressType"), Tree.at(before, "addressType"));
    }
}
