package io.kvorum.apimachinery.validation;

/** A place inside an object as error messages write it, such as {@code spec.containers[0].env[1].name}. */
record Place(String path) {
    static final Place ROOT = new Place("");

    static Place of(String... fields) {
        return new Place(String.join(".", fields));
    }

    Place field(String name) {
        return new Place(path.isEmpty() ? name : path + "." + name);
    }

    Place fields(String... names) {
        return field(String.join(".", names));
    }

    Place index(int index) {
        return key(Integer.toString(index));
    }

    Place key(String key) {
        return new Place(path + "[" + key + "]");
    }
}
