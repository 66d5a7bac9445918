/* json.h -- write JSON straight into a GString.
 *
 * The writer puts the commas. It is sticky: it never fails, and what JSON
 * cannot hold (NaN, infinity, invalid UTF-8) is written as null or U+FFFD, so
 * a call site is a list of statements without checks. It lives on the stack;
 * the text is the caller's. To read JSON, use jansson: no function here may
 * have a name of one there (json_object, json_array, json_real, json_null), or
 * jansson's own calls would land in ours. */
#pragma once
#include "base/date.h"

#include <glib.h>

typedef struct {
    GString *out;
    gboolean comma; /* a comma is due before the next element */
} Json;

#define JSON_INTO(string) ((Json){ .out = (string) })

void json_begin_object (Json *json);
void json_end_object (Json *json);
void json_begin_array (Json *json);
void json_end_array (Json *json);
void json_key (Json *json, const char *key); /* key needs no escaping */

void json_none (Json *json);
void json_bool (Json *json, gboolean value);
void json_int (Json *json, gint64 value);
void json_double (Json *json, double value);   /* shortest text that reads back the same */
void json_micros (Json *json, gint64 micros);  /* exact decimal: 1230000 is 1.23 */
void json_text (Json *json, const char *text); /* NULL is null */
void json_text_n (Json *json, const char *text, gsize n);
void json_day (Json *json, Day day);                   /* DAY_NONE is null */
void json_instant (Json *json, gint64 instant);        /* INSTANT_NONE is null */
void json_raw (Json *json, const char *text, gsize n); /* one ready JSON value */

/* key and value in one call */
void json_put_null (Json *json, const char *key);
void json_put_bool (Json *json, const char *key, gboolean value);
void json_put_int (Json *json, const char *key, gint64 value);
void json_put_real (Json *json, const char *key, double value);
void json_put_text (Json *json, const char *key, const char *text);
void json_put_day (Json *json, const char *key, Day day);
void json_put_instant (Json *json, const char *key, gint64 instant);
