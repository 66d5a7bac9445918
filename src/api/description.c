#include "api/description.h"

#include <string.h>

/* What openapi/ says, by what it is about; borrowed from one tree. */
typedef struct {
    json_t *operations;      /* "GET /v1/widgets": what it takes and answers */
    json_t *parameters;      /* by name */
    json_t *problems;        /* that a kind of route shares: {"user": {"401": ["unauthorized"]}} */
    json_t *problem_headers; /* by status */
    json_t *responses;       /* "422-invalid": of the document; filled as they are met */
} Said;

/* One route while it is described. */
typedef struct {
    const Said *all;
    const Route *route;
    json_t *said;      /* of it by openapi/; NULL: nothing, which tests/api/described finds */
    json_t *operation; /* its object in the document */
} Subject;

static const struct {
    const char *words, *problems, *security;
} policies[] = {
    [POLICY_REFUSE] = { "nobody", NULL, "[]" },
    [POLICY_PUBLIC] = { "everybody", NULL, "[]" },
    [POLICY_USER] = { "a signed-in user", "user", "[{\"bearer\":[]},{\"session\":[]}]" },
    [POLICY_ADMIN] = { "an administrator", "admin", "[{\"bearer\":[]},{\"session\":[]}]" },
    [POLICY_CRON] = { "who has the cron token", "cron", "[{\"cron\":[]}]" },
    [POLICY_OPERATOR] = { "an administrator, or anybody on loopback", "operator",
                          "[{},{\"bearer\":[]},{\"session\":[]}]" },
    [POLICY_SHARE] = { "who has a link to a dashboard", "share", "[{\"share\":[]}]" },
    [POLICY_MAIL] = { "who got a mail with this link", NULL, "[]" },
};

const char *
description_policy (Policy policy)
{
    return policies[policy].words;
}

static json_t *
ref_new (const char *kind, const char *name)
{
    g_autofree char *pointer = g_strdup_printf ("#/components/%s/%s", kind, name);

    return json_pack ("{s:s}", "$ref", pointer);
}

static void
add_words (const Subject *subject)
{
    static const char *const kept[] = { "operationId", "tags" };
    const char *more = json_string_value (json_object_get (subject->said, "description"));
    g_autofree char *text = g_strdup_printf ("%s%sFor %s.", more ? more : "", more ? "\n\n" : "",
                                             description_policy (subject->route->policy));

    for (guint i = 0; i < G_N_ELEMENTS (kept); i++)
        json_object_set (subject->operation, kept[i], json_object_get (subject->said, kept[i]));
    json_object_set_new (subject->operation, "summary", json_string (subject->route->summary));
    json_object_set_new (subject->operation, "description", json_string (text));
    json_object_set_new (subject->operation, "security",
                         json_loads (policies[subject->route->policy].security, 0, NULL));
}

/* ---- what is given ---- */

/* What the operation says of it itself goes before what is said of all of that name. */
static void
add_parameter (const Subject *subject, json_t *list, const char *in, const char *name, gboolean required)
{
    json_t *parameter = json_pack ("{s:s,s:s,s:b}", "name", name, "in", in, "required", required);
    json_t *own = json_object_get (json_object_get (subject->said, "parameters"), name);

    json_object_update_missing (parameter, own ? own : json_object_get (subject->all->parameters, name));
    json_array_append_new (list, parameter);
}

static void
add_parameters (const Subject *subject)
{
    const Route *route = subject->route;
    g_auto (GStrv) names = g_strsplit (route->query ? route->query : "", " ", -1);
    json_t *list = json_array (), *name;
    gsize i;

    for (const char *at = strchr (route->path, '{'); at; at = strchr (at + 1, '{')) {
        g_autofree char *segment = g_strndup (at + 1, strcspn (at + 1, "}"));

        add_parameter (subject, list, "path", segment, TRUE);
    }
    for (char **at = names; *at && **at; at++) {
        gboolean required = g_str_has_suffix (*at, "!");

        (*at)[strcspn (*at, "!")] = '\0';
        add_parameter (subject, list, "query", *at, required);
    }
    json_array_foreach (json_object_get (subject->said, "accepts"), i, name)
        add_parameter (subject, list, "header", json_string_value (name), FALSE);
    json_object_set_new (subject->operation, "parameters", list);
}

static void
add_body (const Subject *subject)
{
    const char *schema = json_string_value (json_object_get (subject->said, "body"));

    if (schema)
        json_object_set_new (subject->operation, "requestBody",
                             json_pack ("{s:b,s:{s:{s:o}}}", "required", TRUE, "content", "application/json",
                                        "schema", ref_new ("schemas", schema)));
}

/* ---- what is answered ---- */

static void
add_header (json_t *headers, const char *name)
{
    json_object_set_new (headers, name, ref_new ("headers", name));
}

static json_t *
headers_new (json_t *names)
{
    json_t *headers = json_object (), *name;
    gsize i;

    add_header (headers, "X-Request-Id");
    json_array_foreach (names, i, name) add_header (headers, json_string_value (name));
    return headers;
}

/* An answer is the name of a schema, or an object that says more. */
static json_t *
answer_new (const Subject *subject, json_t *answer)
{
    json_t *words = json_object_get (answer, "description"), *schema = json_object_get (answer, "schema");
    json_t *response = json_object (), *headers = headers_new (json_object_get (answer, "headers"));
    const char *type = json_string_value (json_object_get (answer, "type"));
    const char *name = json_string_value (json_is_string (answer) ? answer : schema);

    json_object_set_new (response, "description", words ? json_incref (words) : json_string ("It worked"));
    if (subject->route->rate) {
        add_header (headers, "RateLimit-Policy");
        add_header (headers, "RateLimit");
    }
    json_object_set_new (response, "headers", headers);
    if (name || schema)
        json_object_set_new (response, "content",
                             json_pack ("{s:{s:o}}", type ? type : "application/json", "schema",
                                        name ? ref_new ("schemas", name) : json_incref (schema)));
    return response;
}

static void
add_answers (const Subject *subject, json_t *responses)
{
    const char *status;
    json_t *answer;

    json_object_foreach (json_object_get (subject->said, "answers"), status, answer)
        json_object_set_new (responses, status, answer_new (subject, answer));
}

/* ---- what goes wrong ---- */

static gboolean
contains (json_t *list, const char *text)
{
    json_t *one;
    gsize i;

    json_array_foreach (list, i, one) if (strcmp (json_string_value (one), text) == 0) return TRUE;
    return FALSE;
}

/* more: codes by status, as codes. */
static void
merge_codes (json_t *codes, json_t *more)
{
    const char *status;
    json_t *list, *code;
    gsize i;

    json_object_foreach (more, status, list)
    {
        if (!json_object_get (codes, status))
            json_object_set_new (codes, status, json_array ());
        json_array_foreach (list, i,
                            code) if (!contains (json_object_get (codes, status), json_string_value (code)))
            json_array_append (json_object_get (codes, status), code);
    }
}

/* Which kinds of route it is of, by what the table and openapi/ say. */
static json_t *
codes_new (const Subject *subject)
{
    const Route *route = subject->route;
    const char *asks = json_string_value (json_object_get (subject->said, "asks"));
    gboolean signed_in = route->policy == POLICY_USER || route->policy == POLICY_ADMIN;
    const struct {
        const char *kind;
        gboolean is;
    } kinds[] = {
        { "any", TRUE },
        { "worker", route->handle != NULL },
        { policies[route->policy].problems, policies[route->policy].problems != NULL },
        { "change", signed_in && strcmp (route->method, "GET") != 0 },
        { "rate", route->rate != RATE_NONE },
        { "query", route->query != NULL },
        { "body", json_object_get (subject->said, "body") != NULL },
        { asks, asks != NULL },
    };
    json_t *codes = json_object ();

    for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
        if (kinds[i].is)
            merge_codes (codes, json_object_get (subject->all->problems, kinds[i].kind));
    merge_codes (codes, json_object_get (subject->said, "problems"));
    return codes;
}

static json_t *
problem_new (const Subject *subject, const char *status, json_t *codes)
{
    return json_pack ("{s:s,s:o,s:{s:{s:{s:[o,{s:{s:{s:s,s:O}}}]}}}}", "description",
                      call_status_title ((int)g_ascii_strtoll (status, NULL, 10)), "headers",
                      headers_new (json_object_get (subject->all->problem_headers, status)), "content",
                      "application/problem+json", "schema", "allOf", ref_new ("schemas", "Problem"),
                      "properties", "code", "type", "string", "enum", codes);
}

/* "422-invalid-unknown-widget": the same problems of several operations are one component. */
static char *
problem_name (const char *status, json_t *codes)
{
    GString *name = g_string_new (status);
    json_t *code;
    gsize i;

    json_array_foreach (codes, i, code) g_string_append_printf (name, "-%s", json_string_value (code));
    return g_string_free (name, FALSE);
}

static void
add_problem (const Subject *subject, json_t *responses, const char *status, json_t *codes)
{
    json_t *problem = problem_new (subject, status, codes), *there = json_object_get (responses, status);
    g_autofree char *name = problem_name (status, codes);

    if (there) { /* an answer of its own, or a problem */
        json_object_update (json_object_get (there, "content"), json_object_get (problem, "content"));
        json_decref (problem);
        return;
    }
    json_object_set_new (subject->all->responses, name, problem);
    json_object_set_new (responses, status, ref_new ("responses", name));
}

static void
add_responses (const Subject *subject)
{
    json_t *responses = json_object (), *codes = codes_new (subject), *list;
    const char *status;

    add_answers (subject, responses);
    json_object_foreach (codes, status, list) add_problem (subject, responses, status, list);
    json_decref (codes);
    json_object_set_new (subject->operation, "responses", responses);
}

/* ---- all of it ---- */

static json_t *
operation_new (const Said *all, const Route *route)
{
    g_autofree char *name = g_strdup_printf ("%s %s", route->method, route->path);
    const Subject subject = { all, route, json_object_get (all->operations, name), json_object () };

    add_words (&subject);
    add_parameters (&subject);
    add_body (&subject);
    add_responses (&subject);
    return subject.operation;
}

static json_t *
paths_new (const Said *all)
{
    json_t *paths = json_object ();

    for (guint i = 0; i < api_n_routes; i++) {
        const Route *route = &api_routes[i];
        g_autofree char *method = g_ascii_strdown (route->method, -1);

        if (!json_object_get (paths, route->path))
            json_object_set_new (paths, route->path, json_object ());
        json_object_set_new (json_object_get (paths, route->path), method, operation_new (all, route));
    }
    return paths;
}

GString *
description_new (void)
{
    json_t *all = json_loads (description_text, 0, NULL), *document = json_object_get (all, "document");
    json_t *components = json_object_get (document, "components");
    const Said said = { .operations = json_object_get (all, "operations"),
                        .parameters = json_object_get (all, "parameters"),
                        .problems = json_object_get (all, "problems"),
                        .problem_headers = json_object_get (all, "problem_headers"),
                        .responses = json_object () };
    GString *out = g_string_new (NULL);
    char *text;

    json_object_set_new (json_object_get (document, "info"), "version", json_string (DAYMARK_VERSION));
    json_object_set_new (document, "paths", paths_new (&said));
    json_object_set_new (components, "responses", said.responses);
    json_object_set (components, "schemas", json_object_get (all, "schemas"));
    text = json_dumps (document, JSON_COMPACT);
    g_string_append (out, text);
    g_free (text);
    json_decref (all);
    return out;
}
