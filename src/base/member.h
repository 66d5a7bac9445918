/* member.h -- what is under a name in an object that jansson has read. */
#pragma once
#include <jansson.h>
#include <math.h>

/* Borrowed from the object; NULL: no text is there. */
static inline const char *
member_text (const json_t *object, const char *name)
{
    return json_string_value (json_object_get (object, name));
}

/* NAN: no number is there. */
static inline double
member_number (const json_t *object, const char *name)
{
    const json_t *value = json_object_get (object, name);

    return json_is_number (value) ? json_number_value (value) : NAN;
}
