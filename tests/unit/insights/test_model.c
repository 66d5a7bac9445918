/* Asking a model: what is sent, what is tried again, in which time. */
#include "insights/model.h"

#include "../sources/scripted.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define KEY     "sk-S3CR3T"
#define GOOD    "{\"choices\":[{\"message\":{\"content\":\"{\\\"a\\\":1}\"}}],\"usage\":{\"total_tokens\":100}}"
#define SECOND  ((gint64)1000000)
#define TIMEOUT (20 * SECOND)

/* One endpoint by script, and a time that only waiting moves. */
typedef struct {
    Clock clock;
    Random random;
    gint64 time;
    Scripted script;
    Model *model;
    GPtrArray *bodies;
    guint with_key, pauses;
    gint64 paused;
    gint64 patience; /* microseconds; 0: TIMEOUT */
    int timeout_ms;  /* of the last request */
    gboolean stops;  /* in the next pause */
} Desk;

static gint64
desk_time (Clock *clock)
{
    return ((Desk *)clock)->time;
}

static void
no_dice (Random *random, void *bytes, gsize n)
{
    memset (bytes, 0, n);
}

static gboolean
desk_pause (int ms, gpointer user)
{
    Desk *desk = user;

    desk->pauses++;
    desk->paused += ms;
    desk->time += (gint64)ms * 1000;
    return !desk->stops;
}

static void
desk_look (const FetchRequest *request, guint number, gpointer user)
{
    Desk *desk = user;

    assert_string_equal (request->method, "POST");
    assert_string_equal (request->url, "https://model.test/v1/chat/completions");
    assert_int_equal (request->max_bytes, 256 * 1024);
    assert_true (request->private_too);
    assert_null (strstr (request->body, "S3CR3T"));
    desk->with_key += g_strv_contains (request->headers, "Authorization: Bearer " KEY);
    desk->timeout_ms = request->timeout_ms;
    g_ptr_array_add (desk->bodies, g_strndup (request->body, request->body_size));
}

static void
desk_open (Desk *desk, const char *key)
{
    ModelOptions options = {
        .base_url = "https://model.test/v1/", .key = key, .name = "m-1", .pause = desk_pause
    };

    *desk = (Desk){ .clock = { desk_time, desk_time }, .random = { no_dice }, .time = 5 * SECOND };
    scripted_init (&desk->script);
    desk->script.look = desk_look;
    desk->script.user = desk;
    desk->bodies = g_ptr_array_new_with_free_func (g_free);
    options.clock = &desk->clock;
    options.random = &desk->random;
    options.user = desk;
    desk->model = model_new (&options);
}

static void
desk_close (Desk *desk)
{
    model_free (desk->model);
    scripted_clear (&desk->script);
    g_ptr_array_unref (desk->bodies);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Desk, desk_close)

static ModelOutcome
desk_ask (Desk *desk, ModelAnswer *answer)
{
    static const ModelQuestion question = { "Word these.", "{\"facts\":[]}", "{\"type\":\"object\"}", NULL };

    model_ask (desk->model, &desk->script.fetcher, &question,
               desk->time + (desk->patience ? desk->patience : TIMEOUT), answer);
    return answer->outcome;
}

static void
say (Desk *desk, int status, const char *headers, const char *body)
{
    scripted_add (&desk->script, status, headers, body, -1);
}

static const char *
body_of (const Desk *desk, guint i)
{
    assert_true (i < desk->bodies->len);
    return desk->bodies->pdata[i];
}

static void
test_what_is_sent (void **state)
{
    g_auto (Desk) desk = { 0 };
    g_auto (ModelAnswer) answer = { 0 };

    desk_open (&desk, KEY);
    say (&desk, 200, NULL, GOOD);
    assert_int_equal (desk_ask (&desk, &answer), MODEL_ANSWERED);
    assert_string_equal (answer.content, "{\"a\":1}");
    assert_null (answer.sentence);
    assert_int_equal (answer.tokens, 100);
    assert_int_equal (desk.with_key, 1);
    assert_int_equal (desk.timeout_ms, 20000);
    assert_string_equal (
        body_of (&desk, 0),
        "{\"model\":\"m-1\",\"messages\":[{\"role\":\"system\",\"content\":\"Word these.\"},"
        "{\"role\":\"user\",\"content\":\"{\\\"facts\\\":[]}\"}],"
        "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"insights\","
        "\"strict\":true,\"schema\":{\"type\":\"object\"}}},"
        "\"max_completion_tokens\":4096,\"store\":false}");
}

static void
test_without_a_key (void **state)
{
    g_auto (Desk) desk = { 0 };
    g_auto (ModelAnswer) answer = { 0 };

    desk_open (&desk, NULL);
    say (&desk, 200, NULL, GOOD);
    assert_int_equal (desk_ask (&desk, &answer), MODEL_ANSWERED);
    assert_int_equal (desk.with_key, 0);
}

/* Refusals, and what the request after each has no more. */
static void
test_dialects (void **state)
{
    static const struct {
        const char *refusal, *gone, *there;
    } cases[] = {
        { "{\"error\":{\"message\":\"'response_format' of type 'json_schema' is not supported\"}}",
          "\"json_schema\"", "{\"type\":\"json_object\"}" },
        { "{\"error\":{\"message\":\"unknown\",\"param\":\"response_format\"}}", "\"json_schema\"",
          "{\"type\":\"json_object\"}" },
        { "{\"error\":{\"message\":\"Unrecognized: max_completion_tokens\"}}", "max_completion_tokens",
          "\"max_tokens\"" },
        { "{\"error\":{\"message\":\"This model's maximum context length is 2048 tokens\"}}", "max_",
          "json_schema" },
        { "{\"error\":{\"message\":\"extra fields\",\"param\":\"store\"}}", "\"store\"", "json_schema" },
        { "<html>", "\"json_schema\"", "{\"type\":\"json_object\"}" },
    };

    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_auto (Desk) desk = { 0 };
        g_auto (ModelAnswer) answer = { 0 };
        g_auto (ModelAnswer) second = { 0 };

        desk_open (&desk, KEY);
        say (&desk, 400, NULL, cases[i].refusal);
        say (&desk, 200, NULL, GOOD);
        say (&desk, 200, NULL, GOOD);
        assert_int_equal (desk_ask (&desk, &answer), MODEL_ANSWERED);
        assert_null (strstr (body_of (&desk, 1), cases[i].gone));
        assert_non_null (strstr (body_of (&desk, 1), cases[i].there));
        assert_int_equal (desk_ask (&desk, &second), MODEL_ANSWERED);
        assert_string_equal (body_of (&desk, 2), body_of (&desk, 1)); /* it is remembered */
        assert_int_equal (desk.pauses, 0);
    }
}

/* An endpoint that refuses everything is asked in every way, once; and nothing is learned from it. */
static void
test_no_dialect (void **state)
{
    g_auto (Desk) desk = { 0 };
    g_auto (ModelAnswer) answer = { 0 };
    g_auto (ModelAnswer) second = { 0 };

    desk_open (&desk, KEY);
    for (guint i = 0; i < 6; i++)
        say (&desk, 400, NULL, "{\"error\":{\"message\":\"no\"}}");
    say (&desk, 200, NULL, GOOD);
    assert_int_equal (desk_ask (&desk, &answer), MODEL_UNSUPPORTED);
    assert_int_equal (desk.script.next, 6);
    assert_null (strstr (body_of (&desk, 5), "response_format"));
    assert_null (strstr (body_of (&desk, 5), "max_"));
    assert_null (strstr (body_of (&desk, 5), "store"));
    assert_non_null (strstr (body_of (&desk, 5), "must match this JSON schema"));
    assert_int_equal (desk_ask (&desk, &second), MODEL_ANSWERED);
    assert_string_equal (body_of (&desk, 6), body_of (&desk, 0));
}

/* A response, how many requests are made of it, and what is waited between them. */
static void
test_again (void **state)
{
    static const struct {
        int status;
        FaultCode fault; /* of status 0 */
        const char *headers, *body;
        guint requests;
        int paused_ms;
    } cases[] = {
        { 500, 0, NULL, "", 3, 500 + 1000 },
        { 503, 0, NULL, "<html>", 3, 500 + 1000 },
        { 408, 0, NULL, "", 3, 500 + 1000 },
        { 409, 0, NULL, "", 3, 500 + 1000 },
        { 429, 0, NULL, "", 3, 500 + 1000 },
        { 429, 0, "Retry-After: 3", "", 3, 6000 },
        { 429, 0, "Retry-After: 0", "", 3, 0 },
        { 429, 0, "Retry-After: 1.5", "", 3, 4000 },
        { 429, 0, "retry-after-ms: 250\nRetry-After: 9", "", 3, 500 },
        { 429, 0, "retry-after-ms: 250.4", "", 3, 502 },
        { 429, 0, "retry-after-ms: soon\nRetry-After: 2", "", 3, 4000 },
        { 429, 0, "Retry-After: 19", "", 2, 19000 },
        { 429, 0, "Retry-After: 20", "", 1, 0 }, /* no time is left after it */
        { 429, 0, "Retry-After: 121", "", 1, 0 },
        { 429, 0, "Retry-After: 99999999999999", "", 1, 0 },
        { 429, 0, "x-should-retry: false", "", 1, 0 },
        { 500, 0, "x-should-retry: false", "", 1, 0 },
        { 401, 0, "x-should-retry: true", "", 3, 500 + 1000 },
        { 429, 0, "x-should-retry: true", "{\"error\":{\"code\":\"insufficient_quota\"}}", 1, 0 },
        { 429, 0, NULL, "{\"error\":{\"type\":\"insufficient_quota\"}}", 1, 0 },
        { 401, 0, NULL, "", 1, 0 },
        { 404, 0, NULL, "", 1, 0 },
        { 200, 0, NULL, "<html>", 1, 0 },
        { 200, 0, NULL, "{\"error\":{\"message\":\"busy\"}}", 3, 500 + 1000 },
        { 200, 0, NULL, "{\"choices\":[{\"message\":{\"refusal\":\"no\"}}]}", 1, 0 },
        { 0, FAULT_LOST, NULL, "", 3, 500 + 1000 },
        { 0, FAULT_TIMEOUT, NULL, "", 1, 0 },
        { 0, FAULT_CANCELLED, NULL, "", 1, 0 },
        { 0, FAULT_REMOTE, NULL, "", 1, 0 },
        { 0, FAULT_INVALID, NULL, "", 1, 0 },
    };

    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_auto (Desk) desk = { 0 };
        g_auto (ModelAnswer) answer = { 0 };

        desk_open (&desk, KEY);
        for (guint n = 0; n < 5; n++)
            if (cases[i].status)
                say (&desk, cases[i].status, cases[i].headers, cases[i].body);
            else
                scripted_add_fault (&desk.script, cases[i].fault);
        assert_int_not_equal (desk_ask (&desk, &answer), MODEL_ANSWERED);
        if (desk.script.next != cases[i].requests || desk.paused != cases[i].paused_ms)
            fail_msg ("%d %s %s: %u requests, %d ms", cases[i].status, cases[i].headers, cases[i].body,
                      desk.script.next, (int)desk.paused);
        assert_non_null (answer.sentence);
        assert_null (answer.content);
    }
}

/* What passes leads to an answer; the tokens of both count, and nothing is left to complain of. */
static void
test_passes (void **state)
{
    g_auto (Desk) desk = { 0 };
    g_auto (ModelAnswer) answer = { 0 };

    desk_open (&desk, KEY);
    say (&desk, 200, NULL, "{\"error\":{\"message\":\"busy\"},\"usage\":{\"total_tokens\":7}}");
    say (&desk, 200, NULL, GOOD);
    assert_int_equal (desk_ask (&desk, &answer), MODEL_ANSWERED);
    assert_null (answer.sentence);
    assert_true (answer.tokens > 100);
    assert_int_equal (desk.timeout_ms, 20000 - 500); /* what is left */
}

static void
test_wants_to_be_left_alone (void **state)
{
    g_auto (Desk) desk = { 0 };
    g_auto (ModelAnswer) answer = { 0 };

    desk_open (&desk, KEY);
    desk.patience = 300 * SECOND; /* there would be time */
    say (&desk, 429, "Retry-After: 130", "");
    assert_int_equal (desk_ask (&desk, &answer), MODEL_LIMITED);
    assert_int_equal (answer.left_alone, 130 * SECOND);
    assert_int_equal (desk.pauses, 0);
}

static void
test_stops_while_waiting (void **state)
{
    g_auto (Desk) desk = { 0 };
    g_auto (ModelAnswer) answer = { 0 };

    desk_open (&desk, KEY);
    desk.stops = TRUE;
    say (&desk, 503, NULL, "");
    say (&desk, 200, NULL, GOOD);
    assert_int_equal (desk_ask (&desk, &answer), MODEL_FAILED);
    assert_int_equal (desk.script.next, 1);
}

/* Errors echo what was sent: never the key, on one line. */
static void
test_key_is_hidden (void **state)
{
    g_auto (Desk) desk = { 0 };
    g_auto (ModelAnswer) answer = { 0 };

    desk_open (&desk, KEY);
    say (&desk, 401, NULL, "{\"error\":{\"message\":\"bad\\nkey: Bearer " KEY " \"}}");
    assert_int_equal (desk_ask (&desk, &answer), MODEL_DENIED);
    assert_null (strstr (answer.sentence, "S3CR3T"));
    assert_non_null (strstr (answer.sentence, "[hidden]"));
    assert_null (strchr (answer.sentence, '\n'));
}

static void
test_once_more (void **state)
{
    static const ModelQuestion question = { "R", "Q", "{}", "{\"b\":2}" };
    Dialect dialect = DIALECT_FIRST;
    g_autoptr (GString) body = model_request ("m", &question, &dialect);

    assert_non_null (strstr (body->str, "{\"role\":\"assistant\",\"content\":\"{\\\"b\\\":2}\"}"));
    assert_non_null (strstr (body->str, "Answer again"));
}

static void
test_estimate (void **state)
{
    g_autofree char *facts = g_strnfill (3000, 'x');
    ModelQuestion question = { "", facts, "", NULL };

    assert_in_range (model_estimate (&question), MODEL_MOST_TOKENS + 750, MODEL_MOST_TOKENS + 3000);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_what_is_sent),
        cmocka_unit_test (test_without_a_key),
        cmocka_unit_test (test_dialects),
        cmocka_unit_test (test_no_dialect),
        cmocka_unit_test (test_again),
        cmocka_unit_test (test_passes),
        cmocka_unit_test (test_wants_to_be_left_alone),
        cmocka_unit_test (test_stops_while_waiting),
        cmocka_unit_test (test_key_is_hidden),
        cmocka_unit_test (test_once_more),
        cmocka_unit_test (test_estimate),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
