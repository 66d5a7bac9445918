/* desk.h -- ask the simulator without a socket, for its unit tests. */
#pragma once
#include "sim/state.h"

#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
/* cmocka wants the four above first */
#include <cmocka.h>

#define MAIN_PROPERTY  "412345678"
#define SMALL_PROPERTY "498765432"
#define EMPTY_PROPERTY "455500001"
#define TODAY          "2026-11-21"

/* A clock that stands until it is pushed. */
typedef struct {
    Clock clock;
    gint64 time; /* microseconds, both wall and monotonic */
} DeskClock;

typedef struct {
    SimState *state;
    DeskClock clock;
    char *token; /* of the demo's user */
} Desk;

typedef struct {
    int status;
    json_t *json; /* NULL if the body is none */
    char *text, *location;
    guint delay;
} Answer;

static gint64
desk_clock_time (Clock *clock)
{
    return ((DeskClock *)clock)->time;
}

static const char *
desk_parameter (gconstpointer source, const char *name)
{
    return source ? g_hash_table_lookup ((GHashTable *)source, name) : NULL;
}

static void
answer_clear (Answer *answer)
{
    json_decref (answer->json);
    g_free (answer->text);
    g_free (answer->location);
    *answer = (Answer){ 0 };
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Answer, answer_clear)

/* target may have a query; token may be NULL. The request's place is given back at once, unless
 * holding is not NULL: then *holding takes the reply. */
static Answer
desk_send (Desk *desk, const char *method, const char *target, const char *token, const char *body,
           SimReply *holding)
{
    g_auto (GStrv) parts = g_strsplit (target, "?", 2);
    g_autoptr (GHashTable) query =
        parts[1] ? g_uri_parse_params (parts[1], -1, "&", G_URI_PARAMS_WWW_FORM, NULL) : NULL;
    g_autofree char *bearer = token ? g_strconcat ("Bearer ", token, NULL) : NULL;
    SimRequest request = { method, parts[0], bearer, body, body ? strlen (body) : 0, desk_parameter, query };
    g_auto (SimReply) reply = { 0 };
    Answer answer;

    sim_reply_init (&reply);
    sim_state_answer (desk->state, &request, &reply);
    answer = (Answer){ .status = reply.status,
                       .json = json_loadb (reply.body->str, reply.body->len, JSON_DECODE_ANY, NULL),
                       .text = g_strdup (reply.body->str),
                       .location = g_strdup (reply.location),
                       .delay = reply.delay };
    if (holding) {
        *holding = reply;
        reply = (SimReply){ 0 };
    } else {
        sim_state_done (desk->state, &reply);
    }
    return answer;
}

static Answer
desk_ask (Desk *desk, const char *method, const char *target, const char *body)
{
    return desk_send (desk, method, target, desk->token, body, NULL);
}

static G_GNUC_UNUSED void
desk_switch (Desk *desk, const char *json)
{
    g_auto (Answer) answer = desk_ask (desk, "POST", "/sim/switches", json);

    assert_int_equal (answer.status, 200);
}

static G_GNUC_UNUSED void
desk_reset (Desk *desk)
{
    g_auto (Answer) answer = desk_ask (desk, "POST", "/sim/reset", NULL);

    assert_int_equal (answer.status, 200);
}

/* A report on the main property. */
static G_GNUC_UNUSED Answer
desk_report (Desk *desk, const char *body)
{
    return desk_ask (desk, "POST", "/v1beta/properties/" MAIN_PROPERTY ":runReport", body);
}

#define REFRESH                                                                                      \
    "grant_type=refresh_token&refresh_token=1%2F%2Fdaymark-demo-refresh&client_id=" GOOGLE_CLIENT_ID \
    "&client_secret=" GOOGLE_CLIENT_SECRET

static char *
desk_new_token (Desk *desk)
{
    g_auto (Answer) answer = desk_ask (desk, "POST", "/token", REFRESH);

    assert_int_equal (answer.status, 200);
    return g_strdup (json_string_value (json_object_get (answer.json, "access_token")));
}

/* Sign in again, as a client does after a 401. */
static G_GNUC_UNUSED void
desk_renew (Desk *desk)
{
    char *old = desk->token;

    desk->token = desk_new_token (desk);
    g_free (old);
}

static G_GNUC_UNUSED void
desk_start (Desk *desk, const char *today, int days, const char *zone)
{
    g_autoptr (GError) error = NULL;
    SimOptions options = SIM_OPTIONS_NONE;

    *desk = (Desk){ .clock = { .clock = { desk_clock_time, desk_clock_time } } };
    assert_true (instant_parse (TODAY "T12:00:00Z", &desk->clock.time));
    options.clock = &desk->clock.clock;
    options.days = days;
    options.time_zone = zone;
    if (today)
        assert_true (day_parse (today, &options.today));
    desk->state = sim_state_new (&options, &error);
    assert_null (error);
    desk->token = desk_new_token (desk);
}

static G_GNUC_UNUSED void
desk_stop (Desk *desk)
{
    sim_state_free (desk->state);
    g_free (desk->token);
}

/* ---- looking at answers ---- */

/* A value inside: "rows.0.metricValues.1.value"; NULL if it is not there. */
static json_t *
at (const Answer *answer, const char *path)
{
    g_auto (GStrv) steps = g_strsplit (path, ".", -1);
    json_t *value = answer->json;

    for (char **step = steps; *step && value; step++)
        value = json_is_array (value) ? json_array_get (value, (size_t)g_ascii_strtoull (*step, NULL, 10))
                                      : json_object_get (value, *step);
    return value;
}

static G_GNUC_UNUSED const char *
text_at (const Answer *answer, const char *path)
{
    const char *text = json_string_value (at (answer, path));

    return text ? text : "(absent)";
}

static G_GNUC_UNUSED gint64
int_at (const Answer *answer, const char *path)
{
    const json_t *value = at (answer, path);

    return json_is_string (value) ? g_ascii_strtoll (json_string_value (value), NULL, 10)
                                  : json_integer_value (value);
}

static G_GNUC_UNUSED size_t
rows_of (const Answer *answer)
{
    return json_array_size (at (answer, "rows"));
}

static G_GNUC_UNUSED const char *
dimension_of (const Answer *answer, size_t row, size_t i)
{
    g_autofree char *path = g_strdup_printf ("rows.%zu.dimensionValues.%zu.value", row, i);

    return text_at (answer, path);
}

static G_GNUC_UNUSED double
metric_of (const Answer *answer, size_t row, size_t i)
{
    g_autofree char *path = g_strdup_printf ("rows.%zu.metricValues.%zu.value", row, i);

    return g_ascii_strtod (text_at (answer, path), NULL);
}

static G_GNUC_UNUSED double
metric_sum (const Answer *answer, size_t i)
{
    double sum = 0;

    for (size_t row = 0; row < rows_of (answer); row++)
        sum += metric_of (answer, row, i);
    return sum;
}

/* The status, the word in the envelope, and a part of the message. */
static G_GNUC_UNUSED void
assert_failure (const Answer *answer, int status, const char *word, const char *message)
{
    if (answer->status != status || !strstr (text_at (answer, "error.message"), message))
        print_error ("answer: %d %s\n", answer->status, answer->text);
    assert_int_equal (answer->status, status);
    assert_int_equal (int_at (answer, "error.code"), status);
    assert_string_equal (text_at (answer, "error.status"), word);
    assert_non_null (strstr (text_at (answer, "error.message"), message));
}
