/* What chat-completions endpoints answer, in all the ways that have been seen. */
#include "insights/model_reply.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#define SAID(content) "{\"choices\":[{\"message\":{\"content\":" content "},\"finish_reason\":\"stop\"}]}"
#define ENDED(reason) \
    "{\"choices\":[{\"message\":{\"content\":\"{\\\"a\\\":1}\"},\"finish_reason\":" reason "}]}"
#define WRONG(members) "{\"error\":{" members "}}"
#define OBJECT         "{\"a\":1}"

typedef struct {
    int status;
    const char *body;
    ModelOutcome outcome;
    const char *content; /* NULL: none */
    gint64 tokens;       /* 0 here: it does not say */
} Case;

static const Case cases[] = {
    /* fine */
    { 200, SAID ("\"{\\\"a\\\":1}\""), MODEL_ANSWERED, OBJECT, 0 },
    { 201, SAID ("\"{\\\"a\\\":1}\""), MODEL_ANSWERED, OBJECT, 0 },
    { 200, "\xef\xbb\xbf \r\n" SAID ("\"{\\\"a\\\":1}\"") "\n\n", MODEL_ANSWERED, OBJECT, 0 },
    { 200, ENDED ("null"), MODEL_ANSWERED, OBJECT, 0 },
    { 200, ENDED ("\"eos\""), MODEL_ANSWERED, OBJECT, 0 },
    { 200, ENDED ("7"), MODEL_ANSWERED, OBJECT, 0 },
    { 200, "{\"error\":null,\"choices\":[{\"message\":{\"content\":\"{\\\"a\\\":1}\",\"refusal\":null}}]}",
      MODEL_ANSWERED, OBJECT, 0 },
    { 200, "{\"choices\":[{\"message\":{\"content\":\"{\\\"a\\\":1}\"}}],\"usage\":{\"total_tokens\":321}}",
      MODEL_ANSWERED, OBJECT, 321 },
    { 200, "{\"choices\":[{\"message\":{\"content\":\"{\\\"a\\\":1}\"}}],\"usage\":{\"total_tokens\":-5}}",
      MODEL_ANSWERED, OBJECT, 0 },
    { 200,
      "{\"choices\":[{\"message\":{\"content\":\"{\\\"a\\\":1}\"}}],\"usage\":{\"total_tokens\":\"many\"}}",
      MODEL_ANSWERED, OBJECT, 0 },
    { 200, SAID ("[{\"type\":\"text\",\"text\":\"{\\\"a\\\"\"},{\"type\":\"image\"},7,{\"text\":\":1}\"}]"),
      MODEL_ANSWERED, OBJECT, 0 },
    { 200,
      "{\"choices\":[{\"message\":{\"content\":\"{\\\"a\\\":1}\"}},{\"message\":{\"content\":\"{\\\"b\\\":2}"
      "\"}}]}",
      MODEL_ANSWERED, OBJECT, 0 },

    /* the object among other words */
    { 200, SAID ("\"```json\\n{\\\"a\\\":1}\\n```\""), MODEL_ANSWERED, OBJECT, 0 },
    { 200, SAID ("\"Sure {smile}! Here: {\\\"a\\\":1} {\\\"b\\\":2}\""), MODEL_ANSWERED, OBJECT, 0 },
    { 200, SAID ("\"<think>{\\\"b\\\":2}?</think>\\n{\\\"a\\\":1}\""), MODEL_ANSWERED, OBJECT, 0 },
    { 200, SAID ("\"{ not } { \\\"a }\\\": 1 } {\\\"a\\\":1}\""), MODEL_ANSWERED, "{ \"a }\": 1 }", 0 },
    { 200, SAID ("\"{\\\"a\\\":\\\"}\\\\\\\"{\\\"}\""), MODEL_ANSWERED, "{\"a\":\"}\\\"{\"}", 0 },

    /* nothing to read */
    { 200, "", MODEL_NONSENSE, NULL, 0 },
    { 200, "null", MODEL_NONSENSE, NULL, 0 },
    { 200, "[]", MODEL_NONSENSE, NULL, 0 },
    { 200, "7", MODEL_NONSENSE, NULL, 0 },
    { 200, "\"loading\"", MODEL_NONSENSE, NULL, 0 },
    { 200, "<!doctype html><title>502</title>", MODEL_NONSENSE, NULL, 0 },
    { 200, "{}", MODEL_NONSENSE, NULL, 0 },
    { 200, "{\"choices\":[]}", MODEL_NONSENSE, NULL, 0 },
    { 200, "{\"choices\":{}}", MODEL_NONSENSE, NULL, 0 },
    { 200, "{\"choices\":[7]}", MODEL_NONSENSE, NULL, 0 },
    { 200, "{\"choices\":[{\"message\":\"hello\"}]}", MODEL_NONSENSE, NULL, 0 },
    { 200, "{\"choices\":[{\"text\":\"{}\"}]}", MODEL_NONSENSE, NULL, 0 },
    { 200, SAID ("null"), MODEL_NONSENSE, NULL, 0 },
    { 200, SAID ("\"\""), MODEL_NONSENSE, NULL, 0 },
    { 200, SAID ("7"), MODEL_NONSENSE, NULL, 0 },
    { 200, SAID ("{\"a\":1}"), MODEL_NONSENSE, NULL, 0 },
    { 200, SAID ("\"sessions rose\""), MODEL_NONSENSE, NULL, 0 },
    { 200, SAID ("\"[1]\""), MODEL_NONSENSE, NULL, 0 },
    { 200, SAID ("\"{\\\"a\\\":\""), MODEL_NONSENSE, NULL, 0 },
    { 200, SAID ("\"{\\\"a\\\":\\u0000}\""), MODEL_NONSENSE, NULL, 0 },
    { 200, "{\"choices\":[{\"message\":{\"content\":\"\xff{}\"}}]}", MODEL_NONSENSE, NULL, 0 },
    { 200, ENDED ("\"tool_calls\""), MODEL_NONSENSE, NULL, 0 },

    /* not said, or not to its end */
    { 200, ENDED ("\"length\""), MODEL_CUT, NULL, 0 },
    { 200, ENDED ("\"content_filter\""), MODEL_REFUSED, NULL, 0 },
    { 200, "{\"choices\":[{\"message\":{\"content\":null,\"refusal\":\"I can't\"}}]}", MODEL_REFUSED, NULL,
      0 },
    { 200, "{\"choices\":[{\"message\":{\"content\":\"{}\",\"refusal\":\"\"}}]}", MODEL_ANSWERED, "{}", 0 },

    /* errors where none should be */
    { 200, WRONG ("\"message\":\"overloaded\""), MODEL_FAILED, NULL, 0 },
    { 200, "{\"error\":\"overloaded\",\"choices\":[]}", MODEL_FAILED, NULL, 0 },
    { 200, WRONG ("\"type\":\"rate_limit_error\""), MODEL_LIMITED, NULL, 0 },
    { 200, WRONG ("\"code\":429"), MODEL_LIMITED, NULL, 0 },
    { 200, WRONG ("\"code\":401"), MODEL_DENIED, NULL, 0 },
    { 200, WRONG ("\"code\":\"insufficient_quota\""), MODEL_QUOTA, NULL, 0 },

    /* a stream that nobody asked for */
    { 200,
      "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\"}}]}\n\n"
      ": a comment\r\nevent: message\r\n"
      "data: {\"choices\":[{\"delta\":{\"content\":\"{\\\"a\\\"\"}}]}\r\n\r\n"
      "data: {\"choices\":[{\"delta\":{\"content\":\":1}\"},\"finish_reason\":\"stop\"}]}\n\n"
      "data: {\"choices\":[],\"usage\":{\"total_tokens\":9}}\n\ndata: [DONE]\n\n",
      MODEL_ANSWERED, OBJECT, 9 },
    { 200, ": hello\n\ndata: {\"choices\":[{\"delta\":{\"content\":\"{}\"}}]}", MODEL_ANSWERED, "{}", 0 },
    { 200,
      "data: {\"choices\":[{\"delta\":{\"content\":\"{\"}}]}\n\ndata: {\"error\":{\"message\":\"x\"}}\n\n",
      MODEL_FAILED, NULL, 0 },
    { 200, "data: {\"choices\":[{\"delta\":{\"content\":\"{\"},\"finish_reason\":\"length\"}]}\n", MODEL_CUT,
      NULL, 0 },
    { 200, "data: {\"choices\":[{\"delta\":{\"refusal\":\"no\"}}]}\n", MODEL_REFUSED, NULL, 0 },
    { 200, "data: [DONE]\n", MODEL_NONSENSE, NULL, 0 },
    { 200, "data: {{{\ndata:\ndata", MODEL_NONSENSE, NULL, 0 },
    { 200, "event: ping\n\n", MODEL_NONSENSE, NULL, 0 },

    /* other statuses */
    { 301, "", MODEL_DENIED, NULL, 0 },
    { 400, WRONG ("\"message\":\"no\",\"param\":\"store\""), MODEL_UNSUPPORTED, NULL, 0 },
    { 422, "{\"detail\":[{\"msg\":\"extra\"}]}", MODEL_UNSUPPORTED, NULL, 0 },
    { 401, WRONG ("\"code\":\"invalid_api_key\""), MODEL_DENIED, NULL, 0 },
    { 402, "", MODEL_QUOTA, NULL, 0 },
    { 403, "<html>", MODEL_DENIED, NULL, 0 },
    { 404, "{\"error\":\"model not found\"}", MODEL_DENIED, NULL, 0 },
    { 408, "", MODEL_FAILED, NULL, 0 },
    { 409, "", MODEL_FAILED, NULL, 0 },
    { 429, "", MODEL_LIMITED, NULL, 0 },
    { 429, WRONG ("\"type\":\"insufficient_quota\""), MODEL_QUOTA, NULL, 0 },
    { 429, WRONG ("\"code\":\"billing_hard_limit_reached\""), MODEL_QUOTA, NULL, 0 },
    { 500, "{\"error\":{\"message\":\"failed to parse grammar\"}}", MODEL_UNSUPPORTED, NULL, 0 },
    { 500, "oops", MODEL_FAILED, NULL, 0 },
    { 503, "<h1>Busy</h1>", MODEL_FAILED, NULL, 0 },
    { 503, "data: [DONE]", MODEL_FAILED, NULL, 0 },
};

static void
test_cases (void **state)
{
    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        const Case *one = &cases[i];
        g_auto (ModelReply) reply = { 0 };

        model_reply_read (one->status, one->body, strlen (one->body), &reply);
        if (reply.outcome != one->outcome || g_strcmp0 (reply.content, one->content) != 0 ||
            reply.tokens != (one->tokens ? one->tokens : -1))
            fail_msg ("%d %s: %s, \"%s\", %" G_GINT64_FORMAT " tokens", one->status, one->body,
                      model_outcome_name (reply.outcome), reply.content, reply.tokens);
    }
}

static void
test_words (void **state)
{
    static const struct {
        const char *body, *words, *param;
    } said[] = {
        { WRONG ("\"message\":\"no such\",\"param\":\"store\""), "no such", "store" },
        { "{\"error\":\"model not found\"}", "model not found", NULL },
        { "{\"object\":\"error\",\"message\":\"too long\",\"param\":null}", "too long", NULL },
        { "{\"detail\":\"Not authenticated\"}", "Not authenticated", NULL },
        { "\"busy\"", "busy", NULL },
        { "<html>", NULL, NULL },
        { "{\"error\":7}", NULL, NULL },
    };

    for (guint i = 0; i < G_N_ELEMENTS (said); i++) {
        g_auto (ModelReply) reply = { 0 };

        model_reply_read (400, said[i].body, strlen (said[i].body), &reply);
        assert_int_equal (g_strcmp0 (reply.words, said[i].words), 0);
        assert_int_equal (g_strcmp0 (reply.param, said[i].param), 0);
    }
}

/* Every cut of an answer is read without reading past its end, and none of it is taken for the whole. */
static void
test_cut_anywhere (void **state)
{
    static const char whole[] = SAID ("\"{\\\"a\\\":1}\"");

    for (gsize n = 0; n < sizeof whole - 1; n++) {
        g_autofree char *cut = g_memdup2 (whole, MAX (n, 1)); /* without a NUL */
        g_auto (ModelReply) reply = { 0 };

        model_reply_read (200, cut, n, &reply);
        assert_int_equal (reply.outcome, MODEL_NONSENSE);
    }
}

/* A quarter of a megabyte of whatever takes longest is still a matter of milliseconds. */
static void
test_time (void **state)
{
    static const char *const patterns[] = { "{", "{\\\"", "{}", "{\\\"a\\\":{", "<think>", "[" };

    for (guint i = 0; i < G_N_ELEMENTS (patterns); i++) {
        g_autoptr (GString) body = g_string_new ("{\"choices\":[{\"message\":{\"content\":\"");
        gint64 began = g_get_monotonic_time ();
        g_auto (ModelReply) reply = { 0 };

        while (body->len < 250 * 1024)
            g_string_append (body, patterns[i]);
        g_string_append (body, "\"}}]}");
        model_reply_read (200, body->str, body->len, &reply);
        assert_true (g_get_monotonic_time () - began < 2 * G_USEC_PER_SEC);
    }
}

static void
test_names (void **state)
{
    for (ModelOutcome outcome = 0; outcome < MODEL_OUTCOMES; outcome++)
        assert_non_null (model_outcome_name (outcome));
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_cases), cmocka_unit_test (test_words), cmocka_unit_test (test_cut_anywhere),
        cmocka_unit_test (test_time),  cmocka_unit_test (test_names),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
