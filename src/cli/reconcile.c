/* reconcile.c -- `daymark reconcile`: every account's totals beside those of its source.
 *
 * One table an account, the reasons below it. Exit status 0 if all numbers are equal or their
 * difference is explained, else 1; also if a source could not be asked. */
#include "insights/reconcile.h"
#include "base/fault.h"
#include "cli/cli.h"
#include "sql.h"

#include <stdio.h>
#include <string.h>

#define TIME_LIMIT_MS (60 * 1000)

/* 1234567 micros as "1.234567"; the caller frees it. */
static char *
value_text (Value value, gboolean money)
{
    GString *text = g_string_new (NULL);
    Json json = JSON_INTO (text);

    if (value.type != VALUE_INT)
        g_string_append (text, "-");
    else if (money)
        json_micros (&json, value.integer);
    else
        json_int (&json, value.integer);
    return g_string_free (text, FALSE);
}

static void
print_metric (const Reconciled *metric)
{
    g_autofree char *ours = value_text (metric->ours, metric->metric->money);
    g_autofree char *theirs = value_text (metric->theirs, metric->metric->money);

    printf ("  %-20s %18s %18s  %s\n", metric->metric->metric, ours, theirs, verdict_name (metric->verdict));
}

static void
print_days (const Reconciliation *result)
{
    char from[DAY_TEXT], to[DAY_TEXT];

    if (result->compared.from <= result->compared.to)
        printf (", %s to %s", day_format (result->compared.from, from), day_format (result->compared.to, to));
}

/* Several numbers often have the same reason: it is printed once, with their names. */
static void
print_reason (const Reconciliation *result, const Why *why)
{
    const char *before = "  ";

    for (guint i = 0; i < result->metrics->len; i++) {
        const Reconciled *metric = &g_array_index (result->metrics, Reconciled, i);

        for (guint w = 0; w < metric->why->len; w++)
            if (strcmp (((const Why *)metric->why->pdata[w])->text, why->text) == 0) {
                printf ("%s%s", before, metric->metric->metric);
                before = ", ";
            }
    }
    printf (": %s\n", why->text);
}

static void
print_reasons (const Reconciliation *result)
{
    g_autoptr (GHashTable) printed = g_hash_table_new (g_str_hash, g_str_equal);

    for (guint i = 0; i < result->metrics->len; i++) {
        const GPtrArray *list = g_array_index (result->metrics, Reconciled, i).why;

        for (guint w = 0; w < list->len; w++)
            if (g_hash_table_add (printed, ((const Why *)list->pdata[w])->text))
                print_reason (result, list->pdata[w]);
    }
    for (guint i = 0; i < result->notices->len; i++)
        printf ("  %s\n", ((const Why *)result->notices->pdata[i])->text);
}

static void
print_result (const Reconciliation *result)
{
    const char *name = result->name && *result->name ? result->name : result->external_id;

    printf ("%s: %s (%s)", source_info (result->source)->title, name, result->external_id);
    print_days (result);
    putchar ('\n');
    if (result->metrics->len)
        printf ("  %-20s %18s %18s\n", "", "ours", "theirs");
    for (guint i = 0; i < result->metrics->len; i++)
        print_metric (&g_array_index (result->metrics, Reconciled, i));
    print_reasons (result);
}

/* 0 if nothing is left unexplained. */
static int
reconcile_one (const Reconciler *reconciler, const char *user_id, const char *id, const Period *asked)
{
    g_auto (Reconciliation) result = { 0 };
    g_autoptr (GError) problem = NULL;

    if (reconcile (reconciler, user_id, id, asked, &result, &problem)) {
        print_result (&result);
        return result.verdict == VERDICT_UNEXPLAINED;
    }
    if (result.external_id)
        printf ("%s: %s (%s)\n", source_info (result.source)->title, result.name ? result.name : "",
                result.external_id);
    printf ("  could not be asked: %s\n", problem->message);
    return 1;
}

static int
reconcile_all (const Reconciler *reconciler, const char *source, const Period *asked, GError **error)
{
    g_autoptr (Rows) rows = store_ask (reconciler->store, &sql_reconcile_connections,
                                       PARAMS ({ "source", VALUE_OF_TEXT (source) }), error);
    int status = 0;

    for (guint row = 0; rows && row < rows_count (rows); row++) {
        if (row)
            putchar ('\n');
        status |= reconcile_one (reconciler, rows_text (rows, row, 1), rows_text (rows, row, 0), asked);
    }
    if (rows && !rows_count (rows))
        puts ("Nothing is connected.");
    return rows ? status : 1;
}

static gboolean
read_source (char **source, GError **error)
{
    Source one = *source ? source_parse (*source) : SOURCE_ALL;

    if (one == SOURCE_NONE)
        return fault_set (error, FAULT_INVALID, "--source is \"%s\"; it can be ga4, meta or instagram",
                          *source);
    g_free (*source);
    *source = g_strdup (one == SOURCE_ALL ? "all" : source_name (one));
    return TRUE;
}

static gboolean
read_days (const char *from, const char *to, Period *days, GError **error)
{
    if (!from && !to)
        return TRUE;
    if (!from || !to)
        return fault_set (error, FAULT_INVALID, "--from and --to belong together");
    if (!day_parse (from, &days->from) || !day_parse (to, &days->to) || days->from > days->to ||
        period_days (*days) > PERIOD_MAX_DAYS)
        return fault_set (error, FAULT_INVALID,
                          "--from and --to must be dates like 2026-01-31, in this order and at most %d days",
                          PERIOD_MAX_DAYS);
    return TRUE;
}

int
cli_reconcile (int argc, char **argv, GError **error)
{
    g_autofree char *source = NULL, *from = NULL, *to = NULL;
    const GOptionEntry entries[] = {
        { "source", 0, 0, G_OPTION_ARG_STRING, &source, "ga4, meta or instagram (all)", "S" },
        { "from", 0, 0, G_OPTION_ARG_STRING, &from, "the first day (the last 28 that were read)", "DATE" },
        { "to", 0, 0, G_OPTION_ARG_STRING, &to, "the last day", "DATE" },
        { NULL },
    };
    g_autoptr (Config) config =
        cli_load (&argc, &argv, entries,
                  "Set our totals of some days beside those that the sources themselves give.", error);
    Period asked = { 0 };
    g_autoptr (Store) store = NULL;
    g_autoptr (Sealer) sealer = NULL;

    if (!config || !cli_no_more (argc, argv, error) || !read_source (&source, error) ||
        !read_days (from, to, &asked, error))
        return 1;
    store = cli_open (config, error);
    sealer = store ? cli_sealer (config, error) : NULL;
    if (!sealer)
        return 1;
    return reconcile_all (&(Reconciler){ .store = store,
                                         .config = config,
                                         .sealer = sealer,
                                         .clock = clock_system (),
                                         .timeout_ms = TIME_LIMIT_MS },
                          source, from ? &asked : NULL, error);
}
