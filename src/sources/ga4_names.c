#include "sources/ga4_names.h"

#include "base/fault.h"
#include "sources/google_call.h"

#include <string.h>

/* What the fields that we ask for were called before. */
static const struct {
    const char *name, *before;
} renamed[] = {
    { "keyEvents", "conversions" },
    { "sessionDefaultChannelGroup", "sessionDefaultChannelGrouping" },
};

gboolean
ga4_names_are_refused (const GError *error)
{
    return fault_is (error, FAULT_DENIED) && (strstr (error->message, "is not a valid metric") ||
                                              strstr (error->message, "is not a valid dimension"));
}

static void
add (GHashTable *names, const char *ours, const char *theirs)
{
    if (ours && theirs && strcmp (ours, theirs) != 0)
        g_hash_table_insert (names, g_strdup (ours), g_strdup (theirs));
}

/* Each field under the names that it had before. */
static void
add_deprecated (GHashTable *names, const json_t *fields)
{
    gsize i, k;
    json_t *field, *before;

    json_array_foreach ((json_t *)fields, i, field)
    {
        json_array_foreach (json_object_get (field, "deprecatedApiNames"), k, before)
        {
            add (names, json_string_value (before), google_text (field, "apiName"));
        }
    }
}

static gboolean
has (const json_t *fields, const char *name)
{
    gsize i;
    json_t *field;

    json_array_foreach ((json_t *)fields, i, field)
    {
        if (g_strcmp0 (google_text (field, "apiName"), name) == 0)
            return TRUE;
    }
    return FALSE;
}

/* A property that has not heard of the new name yet, nor lists it. */
static void
add_renamed (GHashTable *names, const json_t *fields)
{
    for (guint i = 0; i < G_N_ELEMENTS (renamed); i++)
        if (!has (fields, renamed[i].name) && has (fields, renamed[i].before))
            add (names, renamed[i].name, renamed[i].before);
}

GHashTable *
ga4_names_read (const json_t *metadata)
{
    GHashTable *names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
    const json_t *fields[] = { json_object_get (metadata, "dimensions"),
                               json_object_get (metadata, "metrics") };

    for (guint i = 0; i < G_N_ELEMENTS (fields); i++) {
        add_renamed (names, fields[i]);
        add_deprecated (names, fields[i]);
    }
    return names;
}

static gboolean
helps (GHashTable *names, const char *const *ours)
{
    while (*ours && !g_hash_table_contains (names, *ours))
        ours++;
    return *ours != NULL;
}

gboolean
ga4_names_help (GHashTable *names, const Ga4Question *questions, guint n)
{
    for (guint i = 0; i < n; i++)
        if (helps (names, questions[i].dimensions) || helps (names, questions[i].metrics))
            return TRUE;
    return FALSE;
}

static const char *
translate (GHashTable *names, const char *ours)
{
    const char *theirs = names && ours ? g_hash_table_lookup (names, ours) : NULL;

    return theirs ? theirs : ours;
}

static void
translate_all (GHashTable *names, const char *const *ours, const char *theirs[static GA4_MAX_COLUMNS + 1])
{
    guint n = g_strv_length ((char **)ours);

    g_assert (n <= GA4_MAX_COLUMNS);
    for (guint i = 0; i < n; i++)
        theirs[i] = translate (names, ours[i]);
    theirs[n] = NULL;
}

void
ga4_names_write (Json *json, const Ga4Question *question, GHashTable *names)
{
    const char *dimensions[GA4_MAX_COLUMNS + 1], *metrics[GA4_MAX_COLUMNS + 1];
    Ga4Question theirs = *question;

    translate_all (names, question->dimensions, dimensions);
    translate_all (names, question->metrics, metrics);
    theirs.dimensions = dimensions;
    theirs.metrics = metrics;
    theirs.order_by = translate (names, question->order_by);
    ga4_question_write (json, &theirs);
}

static void
restore (const json_t *headers, const char *const *ours, GHashTable *names)
{
    for (; *ours; ours++) {
        const char *theirs = g_hash_table_lookup (names, *ours);
        gsize i;
        json_t *header;

        json_array_foreach ((json_t *)headers, i, header)
        {
            if (theirs && g_strcmp0 (google_text (header, "name"), theirs) == 0)
                json_object_set_new (header, "name", json_string (*ours));
        }
    }
}

void
ga4_names_restore (json_t *report, const Ga4Question *question, GHashTable *names)
{
    if (!names)
        return;
    restore (json_object_get (report, "dimensionHeaders"), question->dimensions, names);
    restore (json_object_get (report, "metricHeaders"), question->metrics, names);
}
