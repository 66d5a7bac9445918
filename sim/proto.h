/* proto.h -- read a JSON request as Google does: by a message description, strictly.
 *
 * A description is a const table. An unknown member or a wrong type is refused
 * with Google's own sentence; names may be lowerCamelCase or snake_case, int64
 * may be numbers or strings, null is absent. What comes out has canonical names
 * and types, so that the code behind it need not check again. */
#pragma once
#include <glib.h>
#include <jansson.h>

typedef enum { PROTO_STRING, PROTO_INT64, PROTO_DOUBLE, PROTO_BOOL, PROTO_ENUM, PROTO_MESSAGE } ProtoType;

typedef struct ProtoMessage ProtoMessage;

typedef struct {
    const char *name; /* lowerCamelCase; NULL ends the table */
    ProtoType type;
    gboolean repeated;
    const ProtoMessage *message;
    const char *values; /* of an enum: "A|B" */
} ProtoField;

struct ProtoMessage {
    const char *name; /* "google.analytics.data.v1beta.Dimension" */
    const ProtoField *fields;
};

/* The canonical object, or NULL and the sentence in *problem; the caller frees both. An
 * empty body is an empty message. */
json_t *proto_read (const ProtoMessage *message, const char *body, gsize size, char **problem);
