/* parrot.h -- a platform that says what the fuzzer wants, and what a driver may make of it.
 *
 * The input is answers, parted by 0x1e; of each the first byte is the status and the rest the body. They
 * are given in turn, from the first again after the last. Whatever they say: facts are of the days that
 * were asked for and of the table's types, a failure has a sentence, and no sentence holds what the driver
 * was trusted with. */
#pragma once
#include "base/fault.h"
#include "sources/driver.h"

#include "fuzz.h"

#define MOST_CALLS   64
#define MOST_ANSWERS 8
#define TOKEN        "token-canary"
#define CODE         "code-canary"
#define REFRESH      "refresh-canary"
#define WINDOW       ((Period){ day_of (2026, 1, 1), day_of (2026, 1, 31) })

typedef struct {
    Fetcher fetcher;
    GBytes *answers[MOST_ANSWERS];
    guint n, calls;
    const char *secret; /* what the driver was given, and may not repeat */
} Parrot;

static inline void
parrot_learn (Parrot *parrot, const uint8_t *data, size_t size)
{
    while (parrot->n < MOST_ANSWERS && size) {
        const uint8_t *end = memchr (data, 0x1e, size);
        size_t length = end ? (size_t)(end - data) : size;

        parrot->answers[parrot->n++] = g_bytes_new (data, length);
        size -= end ? length + 1 : length;
        data += end ? length + 1 : length;
    }
}

static inline FetchResponse *
parrot_answer (Fetcher *fetcher, const FetchRequest *request, GError **error)
{
    static const int statuses[] = { 200, 200, 200, 200, 400, 401, 403, 404, 429, 500, 503 };
    Parrot *parrot = (Parrot *)fetcher;
    FetchResponse *response;
    gsize size;
    const guint8 *answer;

    FUZZ_CLAIM (request->url && request->method);
    if (++parrot->calls > MOST_CALLS) {
        fault_set (error, FAULT_LOST, "the parrot is tired");
        return NULL;
    }
    answer = g_bytes_get_data (parrot->answers[(parrot->calls - 1) % parrot->n], &size);
    response = g_new0 (FetchResponse, 1);
    response->status = statuses[(size ? *answer : 0) % G_N_ELEMENTS (statuses)];
    response->body = g_bytes_new (size ? answer + 1 : NULL, size ? size - 1 : 0);
    response->headers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
    return response;
}

static inline void
parrot_emit (gpointer user, const FactTable *table, const Value *values)
{
    guint *days = user;

    for (guint i = 0; i < table->n_columns; i++) {
        FUZZ_CLAIM (values[i].type == VALUE_NULL || values[i].type == table->columns[i].type);
        FUZZ_CLAIM (values[i].type != VALUE_TEXT || !values[i].text ||
                    g_utf8_validate (values[i].text, -1, NULL));
    }
    if (!table->by_day)
        return;
    FUZZ_CLAIM (values[1].day >= WINDOW.from && values[1].day <= WINDOW.to);
    (*days)++;
}

static inline void
parrot_notice (gpointer user, const char *code, Period days, const char *text)
{
    FUZZ_CLAIM (code && *code && text && g_utf8_validate (text, -1, NULL));
}

/* All went well, or there is a sentence; and it may be shown. */
static inline void
parrot_claim (Parrot *parrot, gboolean done, GError **error)
{
    FUZZ_CLAIM (done == !*error);
    if (*error)
        FUZZ_CLAIM (*(*error)->message && !strstr ((*error)->message, parrot->secret) &&
                    g_utf8_validate ((*error)->message, -1, NULL));
    g_clear_error (error);
    parrot->calls = 0;
}

static inline void
parrot_accounts (Parrot *parrot, const SourceDriver *driver, const SourceContext *context)
{
    g_autoptr (GError) error = NULL;
    GPtrArray *choices = driver->list_accounts (context, TOKEN, &error);

    for (guint i = 0; choices && i < choices->len; i++) {
        const AccountChoice *choice = choices->pdata[i];

        FUZZ_CLAIM (choice->external_id && g_utf8_validate (choice->external_id, -1, NULL));
    }
    parrot_claim (parrot, choices != NULL, &error);
    if (choices)
        g_ptr_array_unref (choices);
}

static inline void
parrot_grants (Parrot *parrot, const SourceDriver *driver, const SourceContext *context,
               const char *credential)
{
    const Consent consent = { .redirect_uri = "http://a.example", .state = "s", .verifier = "v" };
    g_autoptr (GError) error = NULL;
    g_auto (Grant) grant = { 0 }, exchanged = { 0 };
    gboolean done;

    parrot->secret = strstr (credential, REFRESH) ? REFRESH : TOKEN;
    done = driver->authorize (context, credential, 0, &grant, &error);

    FUZZ_CLAIM (!done || (grant.access_token && *grant.access_token));
    parrot_claim (parrot, done, &error);
    parrot->secret = CODE;
    done = driver->exchange (context, CODE, &consent, 0, &exchanged, &error);
    FUZZ_CLAIM (!done || (exchanged.credential && *exchanged.credential));
    parrot_claim (parrot, done, &error);
}

static inline void
parrot_numbers (Parrot *parrot, const SourceDriver *driver, const SourceContext *context, const char *account)
{
    guint days = 0;
    SourceSink sink = { .emit = parrot_emit, .notice = parrot_notice, .user = &days };
    g_autoptr (GError) error = NULL;
    g_auto (AccountInfo) info = ACCOUNT_INFO_NONE;
    g_auto (OwnTotals) own = { 0 };
    gboolean done = driver->pull (context, TOKEN, account, WINDOW, &sink, &error);

    parrot_claim (parrot, done, &error);
    if (driver->pull_totals)
        parrot_claim (parrot, driver->pull_totals (context, TOKEN, account, WINDOW.to, &sink, &error),
                      &error);
    if (driver->own_totals)
        parrot_claim (parrot, driver->own_totals (context, TOKEN, account, WINDOW, &own, &sink, &error),
                      &error);
    parrot_claim (parrot, driver->describe (context, TOKEN, account, &info, &error), &error);
}

/* All that a driver can be asked. */
static inline void
parrot_talk (Source source, const char *account, const char *credential, const uint8_t *data, size_t size)
{
    static Config config = {
        .ga4_data_url = (char *)"http://a.example",
        .ga4_admin_url = (char *)"http://a.example",
        .google_token_url = (char *)"http://a.example/token",
        .google_client_id = (char *)"id",
        .google_client_secret = (char *)"secret",
        .meta_graph_url = (char *)"http://a.example",
        .meta_api_version = (char *)"v25.0",
        .meta_app_id = (char *)"1",
        .meta_app_secret = (char *)"secret",
    };
    const SourceDriver *driver = source_driver (source);
    Parrot parrot = { .fetcher.fetch = parrot_answer, .secret = TOKEN };
    SourcePace pace = { 0 };
    SourceContext context = { .fetcher = &parrot.fetcher, .config = &config, .pace = &pace };

    parrot_learn (&parrot, data, size);
    if (!parrot.n)
        return;
    context.notes = source_notes_new ();
    parrot_numbers (&parrot, driver, &context, account);
    parrot_accounts (&parrot, driver, &context);
    parrot_grants (&parrot, driver, &context, credential);
    g_hash_table_unref (context.notes);
    while (parrot.n)
        g_bytes_unref (parrot.answers[--parrot.n]);
}
