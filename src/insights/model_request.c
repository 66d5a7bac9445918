#include "insights/model_request.h"

#include "base/json.h"

#include <string.h>

#define SCHEMA_NAME "insights"
#define AGAIN       "That was not a JSON object of the schema. Answer again, with nothing but that object."

static void
put_message (Json *json, const char *role, const char *text)
{
    json_begin_object (json);
    json_put_text (json, "role", role);
    json_put_text (json, "content", text);
    json_end_object (json);
}

/* Without json_schema, the schema stands among the rules. */
static void
put_rules (Json *json, const ModelQuestion *question, const Dialect *dialect)
{
    g_autofree char *both = g_strdup_printf (
        "%s\n\nAnswer with one JSON object and nothing else. It must match this JSON schema:\n%s",
        question->rules, question->schema);

    put_message (json, "system", dialect->form == FORM_SCHEMA ? question->rules : both);
}

static void
put_messages (Json *json, const ModelQuestion *question, const Dialect *dialect)
{
    json_key (json, "messages");
    json_begin_array (json);
    put_rules (json, question, dialect);
    put_message (json, "user", question->question);
    if (question->wrong) {
        put_message (json, "assistant", question->wrong);
        put_message (json, "user", AGAIN);
    }
    json_end_array (json);
}

static void
put_schema (Json *json, const char *schema)
{
    json_key (json, "json_schema");
    json_begin_object (json);
    json_put_text (json, "name", SCHEMA_NAME);
    json_put_bool (json, "strict", TRUE);
    json_key (json, "schema");
    json_raw (json, schema, strlen (schema));
    json_end_object (json);
}

static void
put_form (Json *json, const ModelQuestion *question, ModelForm form)
{
    if (form == FORM_PLAIN)
        return;
    json_key (json, "response_format");
    json_begin_object (json);
    json_put_text (json, "type", form == FORM_SCHEMA ? "json_schema" : "json_object");
    if (form == FORM_SCHEMA)
        put_schema (json, question->schema);
    json_end_object (json);
}

GString *
model_request (const char *model, const ModelQuestion *question, const Dialect *dialect)
{
    GString *body = g_string_sized_new (8192);
    Json json = JSON_INTO (body);

    json_begin_object (&json);
    json_put_text (&json, "model", model);
    put_messages (&json, question, dialect);
    put_form (&json, question, dialect->form);
    if (dialect->cap != CAP_NONE)
        json_put_int (&json, dialect->cap == CAP_COMPLETION ? "max_completion_tokens" : "max_tokens",
                      MODEL_MOST_TOKENS);
    if (dialect->forgets)
        json_put_bool (&json, "store", FALSE);
    json_end_object (&json);
    return body;
}

/* ---- what is left out next ---- */

static gboolean
simplify_form (Dialect *dialect)
{
    if (dialect->form == FORM_PLAIN)
        return FALSE;
    dialect->form++;
    return TRUE;
}

static gboolean
simplify_cap (Dialect *dialect)
{
    if (dialect->cap == CAP_NONE)
        return FALSE;
    dialect->cap++;
    return TRUE;
}

static gboolean
drop_cap (Dialect *dialect)
{
    gboolean changes = dialect->cap != CAP_NONE;

    dialect->cap = CAP_NONE;
    return changes;
}

static gboolean
drop_store (Dialect *dialect)
{
    gboolean changes = dialect->forgets;

    dialect->forgets = FALSE;
    return changes;
}

/* Words of a refusal and what answers them. The first that is said and changes something counts. */
static const struct {
    const char *said;
    gboolean (*simplify) (Dialect *dialect);
} remedies[] = {
    { "response_format", simplify_form },
    { "json_schema", simplify_form },
    { "json_object", simplify_form },
    { "max_completion_tokens", simplify_cap },
    { "max_tokens", simplify_cap },
    { "context", drop_cap },
    { "store", drop_store },
    { "schema", simplify_form },
    { "grammar", simplify_form },
    { "", simplify_form },
    { "", simplify_cap },
    { "", drop_store },
};

gboolean
dialect_simplify (Dialect *dialect, const ModelReply *refusal)
{
    g_autofree char *words =
        g_strconcat (refusal->param ? refusal->param : "", " ", refusal->words ? refusal->words : "", NULL);
    g_autofree char *lower = g_ascii_strdown (words, -1);

    for (guint i = 0; i < G_N_ELEMENTS (remedies); i++)
        if (strstr (lower, remedies[i].said) && remedies[i].simplify (dialect))
            return TRUE;
    return FALSE;
}
