package io.kvorum.catalogue.generator;

import com.google.gson.annotations.SerializedName;
import io.kubernetes.client.custom.IntOrString;
import io.kubernetes.client.custom.Quantity;
import io.swagger.annotations.ApiModel;
import io.swagger.annotations.ApiModelProperty;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the model classes. A type is written as a word for a plain value (int32, time ...), as {@code []item} for a list,
 * {@code {}value} for a map and by its OpenAPI name for a reference.
 */
final class ModelTypes {
    private static final String PACKAGE = "io.kubernetes.client.openapi.models.";
    private static final Map<Type, String> PLAIN = Map.ofEntries(
            Map.entry(String.class, "string"),
            Map.entry(Boolean.class, "boolean"),
            Map.entry(Integer.class, "int32"),
            Map.entry(Long.class, "int64"),
            Map.entry(Double.class, "double"),
            Map.entry(Quantity.class, "quantity"),
            Map.entry(IntOrString.class, "int-or-string"),
            Map.entry(OffsetDateTime.class, "time"),
            Map.entry(byte[].class, "base64"),
            Map.entry(Object.class, "free"));

    private final Map<String, String> nameByClass = new HashMap<>();

    ModelTypes(List<TypeFacts> types) {
        types.forEach(type -> nameByClass.put(PACKAGE + type.modelClass(), type.name()));
    }

    String description(TypeFacts type) {
        ApiModel model = modelClass(type).getAnnotation(ApiModel.class);
        return model == null ? "" : model.description();
    }

    List<ModelField> fields(TypeFacts type) {
        List<ModelField> fields = new ArrayList<>();
        Class<?> model = modelClass(type);
        Map<String, ApiModelProperty> properties = propertiesByGetter(model);
        for (Field field : model.getDeclaredFields()) {
            SerializedName name = field.getAnnotation(SerializedName.class);
            if (name != null) {
                ApiModelProperty property = properties.get(getter(field));
                String text = property == null ? "" : property.value();
                boolean isRequired = property != null && property.required();
                fields.add(new ModelField(name.value(), type(field.getGenericType(), field), text, isRequired));
            }
        }
        return fields;
    }

    private Class<?> modelClass(TypeFacts type) {
        try {
            return Class.forName(PACKAGE + type.modelClass(), false, ModelTypes.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(
                    "facts of %s name the class %s, which is not there; correct types.txt"
                            .formatted(type.name(), type.modelClass()),
                    e);
        }
    }

    private static Map<String, ApiModelProperty> propertiesByGetter(Class<?> model) {
        Map<String, ApiModelProperty> properties = new HashMap<>();
        for (Method method : model.getDeclaredMethods()) {
            ApiModelProperty property = method.getAnnotation(ApiModelProperty.class);
            if (property != null) {
                properties.put(method.getName().toLowerCase(Locale.ROOT), property);
            }
        }
        return properties;
    }

    /** Case is ignored: the classes spell a getter's first letters in more than one way. */
    private static String getter(Field field) {
        String name = field.getName();
        String bare = name.startsWith("_") ? name.substring(1) : name;
        return "get" + bare.toLowerCase(Locale.ROOT);
    }

    private String type(Type type, Field field) {
        String plain = PLAIN.get(type);
        if (plain != null) {
            return plain;
        }
        if (type instanceof ParameterizedType parameterized) {
            Type[] arguments = parameterized.getActualTypeArguments();
            return arguments.length == 1 ? "[]" + type(arguments[0], field) : "{}" + type(arguments[1], field);
        }
        @Nullable String name = nameByClass.get(type.getTypeName());
        if (name == null) {
            throw new IllegalStateException(
                    "%s has the type %s, of which there are no facts; add it to types.txt".formatted(field, type));
        }
        return name;
    }
}
