/* What an endpoint may say to a question: an object, or one of the failures; nothing in between. */
#include "insights/model_request.h"

#include "fuzz.h"

#include <jansson.h>

static void
claim_object (const char *content)
{
    json_t *json = json_loads (content, 0, NULL);

    FUZZ_CLAIM (json_is_object (json));
    FUZZ_CLAIM (g_utf8_validate (content, -1, NULL));
    json_decref (json);
}

/* Whatever it refuses, there is an end to what can be left out. */
static void
claim_end (const ModelReply *reply)
{
    Dialect dialect = DIALECT_FIRST;
    guint steps = 0;

    while (dialect_simplify (&dialect, reply))
        FUZZ_CLAIM (++steps <= 5);
    FUZZ_CLAIM (dialect.form <= FORM_PLAIN && dialect.cap <= CAP_NONE);
}

/* What it said, asked to be mended: our request stays JSON. */
static void
claim_request (const char *wrong)
{
    const ModelQuestion question = { "rules", "{}", "{}", wrong };
    Dialect dialect = DIALECT_FIRST;
    g_autoptr (GString) body = model_request ("model", &question, &dialect);
    json_t *json = json_loadb (body->str, body->len, 0, NULL);

    FUZZ_CLAIM (json_array_size (json_object_get (json, "messages")) == 4);
    json_decref (json);
}

/* The first byte chooses the status. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
    static const int statuses[] = { 200, 200, 200, 400, 401, 429, 500, 302 };
    g_auto (ModelReply) reply = { 0 };

    if (size < 1)
        return 0;
    model_reply_read (statuses[*data % G_N_ELEMENTS (statuses)], (const char *)data + 1, size - 1, &reply);
    FUZZ_CLAIM (reply.outcome < MODEL_LOST); /* it did answer */
    FUZZ_CLAIM ((reply.outcome == MODEL_ANSWERED) == (reply.content != NULL));
    FUZZ_CLAIM (reply.tokens >= -1);
    if (reply.content) {
        claim_object (reply.content);
        claim_request (reply.content);
    }
    claim_end (&reply);
    return 0;
}
