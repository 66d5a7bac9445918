#include "proto.h"

#include <string.h>

static json_t *
read_message (const ProtoMessage *message, const json_t *given, const char *path, char **problem);

/* "date_ranges" for "dateRanges" */
static char *
snake_of (const char *camel)
{
    GString *snake = g_string_new (NULL);

    for (; *camel; camel++) {
        if (g_ascii_isupper (*camel))
            g_string_append_c (snake, '_');
        g_string_append_c (snake, g_ascii_tolower (*camel));
    }
    return g_string_free (snake, FALSE);
}

static const ProtoField *
find_field (const ProtoMessage *message, const char *name)
{
    for (const ProtoField *field = message->fields; field->name; field++) {
        g_autofree char *snake = snake_of (field->name);

        if (strcmp (field->name, name) == 0 || strcmp (snake, name) == 0)
            return field;
    }
    return NULL;
}

static json_t *
refuse_value (const ProtoField *field, const json_t *value, const char *path, char **problem)
{
    static const char *const types[] = { "TYPE_STRING", "TYPE_INT64", "TYPE_DOUBLE", "TYPE_BOOL",
                                         "TYPE_ENUM" };
    char *text = json_dumps (value, JSON_ENCODE_ANY | JSON_COMPACT);

    if (field->message)
        *problem = g_strdup_printf ("Invalid value at '%s' (type.googleapis.com/%s), %s", path,
                                    field->message->name, text);
    else
        *problem = g_strdup_printf ("Invalid value at '%s' (%s), %s", path, types[field->type], text);
    free (text);
    return NULL;
}

static json_t *
read_int64 (const json_t *value)
{
    gint64 number;

    if (json_is_integer (value))
        return json_integer (json_integer_value (value));
    if (json_is_string (value) &&
        g_ascii_string_to_signed (json_string_value (value), 10, G_MININT64, G_MAXINT64, &number, NULL))
        return json_integer (number);
    return NULL;
}

/* "1.5" is as good as 1.5 there. */
static json_t *
read_double (const json_t *value)
{
    const char *text = json_string_value (value);
    char *end = NULL;
    double number = text ? g_ascii_strtod (text, &end) : json_number_value (value);

    return json_is_number (value) || (end && end != text && !*end) ? json_real (number) : NULL;
}

static json_t *
read_enum (const ProtoField *field, const json_t *value)
{
    g_auto (GStrv) values = g_strsplit (field->values, "|", -1);
    json_int_t number = json_is_integer (value) ? json_integer_value (value) : -1;

    if (number >= 0 && number < (json_int_t)g_strv_length (values)) /* by number, as proto3's JSON allows */
        return json_string (values[number]);
    if (json_is_string (value) && g_strv_contains ((const char *const *)values, json_string_value (value)))
        return json_string (json_string_value (value));
    return NULL;
}

static json_t *
read_scalar (const ProtoField *field, const json_t *value)
{
    switch (field->type) {
    case PROTO_STRING:
        return json_is_string (value) ? json_string (json_string_value (value)) : NULL;
    case PROTO_INT64:
        return read_int64 (value);
    case PROTO_DOUBLE:
        return read_double (value);
    case PROTO_BOOL:
        return json_is_boolean (value) ? json_boolean (json_is_true (value)) : NULL;
    default:
        return read_enum (field, value);
    }
}

static json_t *
read_one (const ProtoField *field, const json_t *value, const char *path, char **problem)
{
    json_t *read;

    if (field->type == PROTO_MESSAGE)
        return json_is_object (value) ? read_message (field->message, value, path, problem)
                                      : refuse_value (field, value, path, problem);
    read = read_scalar (field, value);
    return read ? read : refuse_value (field, value, path, problem);
}

static json_t *
read_list (const ProtoField *field, const json_t *value, const char *path, char **problem)
{
    json_t *list = json_array (), *item;
    size_t i;

    json_array_foreach (value, i, item)
    {
        g_autofree char *at = g_strdup_printf ("%s[%zu]", path, i);
        json_t *read = read_one (field, item, at, problem);

        if (!read) {
            json_decref (list);
            return NULL;
        }
        json_array_append_new (list, read);
    }
    return list;
}

static json_t *
read_field (const ProtoField *field, const json_t *value, const char *path, char **problem)
{
    g_autofree char *snake = snake_of (field->name);
    g_autofree char *at = *path ? g_strdup_printf ("%s.%s", path, snake) : g_strdup (snake);

    if (!field->repeated)
        return read_one (field, value, at, problem);
    return json_is_array (value) ? read_list (field, value, at, problem)
                                 : refuse_value (field, value, at, problem);
}

static json_t *
refuse_name (const char *name, const char *path, char **problem)
{
    g_autofree char *where = *path ? g_strdup_printf (" at '%s'", path) : g_strdup ("");

    *problem = g_strdup_printf ("Invalid JSON payload received. Unknown name \"%s\"%s: Cannot find field.",
                                name, where);
    return NULL;
}

static json_t *
read_message (const ProtoMessage *message, const json_t *given, const char *path, char **problem)
{
    json_t *object = json_object (), *value;
    const char *name;

    json_object_foreach ((json_t *)given, name, value)
    {
        const ProtoField *field = find_field (message, name);
        json_t *read = NULL;

        if (field && json_is_null (value))
            continue;
        read = field ? read_field (field, value, path, problem) : refuse_name (name, path, problem);
        if (!read) {
            json_decref (object);
            return NULL;
        }
        json_object_set_new (object, field->name, read);
    }
    return object;
}

json_t *
proto_read (const ProtoMessage *message, const char *body, gsize size, char **problem)
{
    json_t *given, *read;

    *problem = NULL;
    if (size == 0)
        return json_object ();
    given = json_loadb (body, size, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object (given)) {
        json_decref (given);
        *problem = g_strdup ("Invalid JSON payload received. Unexpected token.");
        return NULL;
    }
    read = read_message (message, given, "", problem);
    json_decref (given);
    return read;
}
