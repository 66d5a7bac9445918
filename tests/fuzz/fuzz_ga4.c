/* What a platform may answer to the GA4 driver: facts of the window that was asked for, or a failure. */
#include "base/fault.h"
#include "sources/driver.h"

#include "fuzz.h"

#define MOST_CALLS 64

/* Every request gets the same answer. */
typedef struct {
    Fetcher fetcher;
    int status;
    const uint8_t *body;
    size_t size;
    guint calls;
} Parrot;

typedef struct {
    Period window;
    guint rows;
} Seen;

static FetchResponse *
answer (Fetcher *fetcher, const FetchRequest *request, GError **error)
{
    Parrot *parrot = (Parrot *)fetcher;
    FetchResponse *response;

    FUZZ_CLAIM (request->url && request->method);
    if (++parrot->calls > MOST_CALLS) {
        fault_set (error, FAULT_LOST, "the parrot is tired");
        return NULL;
    }
    response = g_new0 (FetchResponse, 1);
    response->status = parrot->status;
    response->body = g_bytes_new (parrot->body, parrot->size);
    response->headers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
    return response;
}

static void
emit (gpointer user, const FactTable *table, const Value *values)
{
    Seen *seen = user;

    for (guint i = 0; i < table->n_columns; i++) {
        FUZZ_CLAIM (values[i].type == VALUE_NULL || values[i].type == table->columns[i].type);
        FUZZ_CLAIM (values[i].type != VALUE_TEXT || !values[i].text ||
                    g_utf8_validate (values[i].text, -1, NULL));
    }
    if (table->by_day)
        FUZZ_CLAIM (values[1].day >= seen->window.from && values[1].day <= seen->window.to);
    seen->rows++;
}

static void
notice (gpointer user, const char *code, Period days, const char *text)
{
    FUZZ_CLAIM (code && *code && text && g_utf8_validate (text, -1, NULL));
}

static void
try_pull (Parrot *parrot, const SourceContext *context)
{
    const SourceDriver *driver = source_driver (SOURCE_GA4);
    Seen seen = { .window = { day_of (2026, 1, 1), day_of (2026, 1, 31) } };
    SourceSink sink = { .emit = emit, .notice = notice, .user = &seen };
    g_autoptr (GError) error = NULL;

    parrot->calls = 0;
    if (driver->pull (context, "token", "123456", seen.window, &sink, &error))
        FUZZ_CLAIM (!error && seen.rows >= (guint)period_days (seen.window));
    else
        FUZZ_CLAIM (error && *error->message && !strstr (error->message, "token-canary"));
}

static void
try_rest (Parrot *parrot, const SourceContext *context)
{
    const SourceDriver *driver = source_driver (SOURCE_GA4);
    g_autoptr (GError) error = NULL;
    g_auto (AccountInfo) info = { 0 };
    g_auto (Grant) grant = { 0 };

    parrot->calls = 0;
    if (!driver->describe (context, "token", "123456", &info, &error))
        FUZZ_CLAIM (error != NULL);
    g_clear_error (&error);
    parrot->calls = 0;
    if (!driver->authorize (context, "{\"type\":\"refresh_token\",\"refresh_token\":\"r\"}", 0, &grant,
                            &error))
        FUZZ_CLAIM (error != NULL);
    else
        FUZZ_CLAIM (grant.access_token && *grant.access_token);
}

/* The first byte is the status; the rest the body. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
    static const int statuses[] = { 200, 200, 200, 200, 400, 401, 403, 404, 429, 500, 503 };
    static Config config = {
        .ga4_data_url = (char *)"http://a.example",
        .ga4_admin_url = (char *)"http://a.example",
        .google_token_url = (char *)"http://a.example/token",
        .google_client_id = (char *)"id",
        .google_client_secret = (char *)"secret",
    };
    Parrot parrot = { .fetcher.fetch = answer };
    SourceContext context = { .fetcher = &parrot.fetcher, .config = &config };

    if (!size)
        return 0;
    parrot.status = statuses[data[0] % G_N_ELEMENTS (statuses)];
    parrot.body = data + 1;
    parrot.size = size - 1;
    try_pull (&parrot, &context);
    try_rest (&parrot, &context);
    return 0;
}
