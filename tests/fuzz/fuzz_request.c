/* The query of a widget's request: a whole question, or a refusal; and equal questions have one key. */
#include "widgets/widget.h"

#include "fuzz.h"

#define MOST 8

typedef struct {
    char *lines[MOST]; /* name=value */
} Query;

static const char *
parameter (gconstpointer from, const char *name)
{
    const Query *query = from;
    gsize n = strlen (name);

    for (guint i = 0; i < MOST; i++)
        if (query->lines[i] && strncmp (query->lines[i], name, n) == 0 && query->lines[i][n] == '=')
            return query->lines[i] + n + 1;
    return NULL;
}

static void
try_key (const WidgetRequest *request)
{
    for (guint i = 0; widget_at (i); i++) {
        g_autoptr (GString) one = g_string_new (NULL), two = g_string_new (NULL);
        WidgetRequest copy = *request;

        widget_request_key (request, widget_at (i), one);
        widget_request_key (&copy, widget_at (i), two);
        FUZZ_CLAIM (g_string_equal (one, two) && g_str_has_prefix (one->str, widget_at (i)->key));
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
    g_autoptr (GError) error = NULL;
    WidgetRequest request = { 0 };
    Query query;

    fuzz_lines (data, size, query.lines, MOST);
    if (widget_request_read (&request, parameter, &query, &error)) {
        FUZZ_CLAIM (!error && period_days (request.period) >= 1 &&
                    period_days (request.period) <= PERIOD_MAX_DAYS);
        FUZZ_CLAIM ((request.sources & ~SOURCE_ALL) == 0 && request.sources != SOURCE_NONE);
        try_key (&request);
    } else {
        FUZZ_CLAIM (error && *error->message);
    }
    if (query.lines[0])
        widget_find (query.lines[0]);
    for (guint i = 0; i < MOST; i++)
        g_free (query.lines[i]);
    return 0;
}
