#include "api/inside.h"

#include "base/fault.h"

typedef struct {
    Inside inside;
    json_t *answer;
} Asked;

static void
on_answer (Inside *inside, GBytes *body)
{
    Asked *asked = (Asked *)inside;
    gsize n;
    gconstpointer text = g_bytes_get_data (body, &n);

    asked->answer = json_loadb (text, n, 0, NULL);
}

json_t *
inside_ask (const Call *call, Handler handle, json_t *query, GError **error)
{
    char *none[] = { NULL };
    Asked asked = { .inside = { .segments = none, .query = query, .at_once = TRUE, .answer = on_answer } };
    Call within = *call;
    gboolean answered;

    within.inside = &asked.inside;
    answered = handle (&within, error);
    json_decref (query);
    if (answered && !asked.answer)
        fault_set (error, FAULT_INTERNAL, "an answer from inside can't be read");
    return asked.answer;
}
