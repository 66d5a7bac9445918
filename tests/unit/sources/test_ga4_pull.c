/* What a broken line does to a pull: an answer cut at every byte, and random
 * damage, end in facts or in FAULT_REMOTE, never in anything else. The stories
 * of whole answers are in tests/sources/ga4. */
#include "scripted.h"

#include "sources/ga4_report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const char daily[] =
    "{\"dimensionHeaders\":[{\"name\":\"date\"}],\"metricHeaders\":[{\"name\":\"activeUsers\"},{\"name\":"
    "\"newUsers\"},"
    "{\"name\":\"active7DayUsers\"},{\"name\":\"active28DayUsers\"},{\"name\":\"sessions\"},"
    "{\"name\":\"engagedSessions\"},{\"name\":\"screenPageViews\"},{\"name\":\"keyEvents\"},"
    "{\"name\":\"purchaseRevenue\"}],\"rows\":[{\"dimensionValues\":[{\"value\":\"20260101\"}],"
    "\"metricValues\":["
    "{\"value\":\"10\"},{\"value\":\"2\"},{\"value\":\"3\"},{\"value\":\"4\"},{\"value\":\"5\"},{\"value\":"
    "\"6\"},"
    "{\"value\":\"7\"},{\"value\":\"8\"},{\"value\":\"9.5\"}]}],\"rowCount\":1,"
    "\"metadata\":{\"subjectToThresholding\":true},"
    "\"propertyQuota\":{\"tokensPerDay\":{\"consumed\":1,\"remaining\":5}}}";

typedef struct {
    guint facts;
    gint64 users; /* of the one day */
} Seen;

static void
take_fact (gpointer user, const FactTable *table, const Value *values)
{
    Seen *seen = user;

    seen->facts++;
    if (table == &fact_ga4_daily)
        seen->users = values[2].integer;
}

static void
take_notice (gpointer user, const char *code, Period days, const char *text)
{
}

static gboolean
pull (const char *first, gsize n, Seen *seen, GError **error)
{
    Config config = scripted_config ();
    Scripted script;
    SourceContext context = { .config = &config };
    SourceSink sink = { take_fact, take_notice, seen };
    Day day = day_of (2026, 1, 1);
    gboolean good;

    scripted_init (&script);
    scripted_add (&script, 200, NULL, first, (gssize)n);
    scripted_add (&script, 200, NULL, "{}", -1);
    scripted_add (&script, 200, NULL, "{\"reports\":[{}]}", -1);
    context.fetcher = &script.fetcher;
    *seen = (Seen){ .users = -1 };
    good = source_driver (SOURCE_GA4)->pull (&context, "token", "123", (Period){ day, day }, &sink, error);
    scripted_clear (&script);
    return good;
}

static void
test_whole (void **state)
{
    Seen seen;

    assert_true (pull (daily, strlen (daily), &seen, NULL));
    assert_int_equal (seen.users, 10);
    assert_int_equal (seen.facts, 1);
}

static void
test_cut_at_every_byte (void **state)
{
    for (gsize n = 0; n < strlen (daily); n++) {
        g_autoptr (GError) error = NULL;
        g_autofree char *part = g_memdup2 (daily, n); /* its own block, so that ASan sees a read beyond */
        Seen seen;

        assert_false (pull (part, n, &seen, &error));
        assert_true (fault_is (error, FAULT_REMOTE));
        assert_int_equal (seen.facts, 0);
    }
}

/* One byte changed anywhere, 4 ways: still facts or a fault of the other side. BUSY,
 * because the damage may hit a quota. */
static void
test_damage (void **state)
{
    static const char bytes[] = { '\0', '"', '9', '\xff' };

    for (gsize at = 0; at < strlen (daily); at++) {
        for (gsize b = 0; b < sizeof bytes; b++) {
            g_autoptr (GError) error = NULL;
            g_autofree char *text = g_strdup (daily);
            Seen seen;

            text[at] = bytes[b];
            if (!pull (text, strlen (daily), &seen, &error))
                assert_true (fault_is (error, FAULT_REMOTE) || fault_is (error, FAULT_BUSY));
        }
    }
}

/* A page of channels that is as long as a page may be, and says no rowCount. */
static char *
full_page (guint rows)
{
    GString *text =
        g_string_new ("{\"dimensionHeaders\":[{\"name\":\"date\"},{\"name\":"
                      "\"sessionDefaultChannelGroup\"}],\"metricHeaders\":[{\"name\":\"activeUsers\"},"
                      "{\"name\":\"sessions\"},{\"name\":\"engagedSessions\"},{\"name\":"
                      "\"keyEvents\"},{\"name\":\"purchaseRevenue\"}],\"rows\":[");
    static const char values[] = ",\"metricValues\":[{\"value\":\"1\"},{\"value\":\"1\"},{\"value\":\"1\"},"
                                 "{\"value\":\"1\"},{\"value\":\"1\"}]}";

    for (guint i = 0; i < rows; i++)
        g_string_append_printf (text,
                                "%s{\"dimensionValues\":[{\"value\":\"20260101\"},{\"value\":\"%u-%u\"}]%s",
                                i ? "," : "", rows, i, values);
    g_string_append (text, "]}");
    return g_string_free (text, FALSE);
}

static void
test_full_page_without_count (void **state)
{
    static const guint rows[] = { GA4_PAGE_ROWS, 1 };
    Config config = scripted_config ();
    Scripted script;
    SourceContext context = { .fetcher = &script.fetcher, .config = &config };
    Seen seen = { .users = -1 };
    SourceSink sink = { take_fact, take_notice, &seen };
    Day day = day_of (2026, 1, 1);

    scripted_init (&script);
    scripted_add (&script, 200, NULL, "{}", -1);
    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
        g_autofree char *page = full_page (rows[i]);

        scripted_add (&script, 200, NULL, page, -1);
    }
    scripted_add (&script, 200, NULL, "{\"reports\":[{}]}", -1);
    assert_true (
        source_driver (SOURCE_GA4)->pull (&context, "token", "123", (Period){ day, day }, &sink, NULL));
    assert_int_equal (script.next, script.answers->len);
    assert_int_equal (seen.facts, 1 + GA4_PAGE_ROWS + 1);
    scripted_clear (&script);
}

/* Nesting that would exhaust the stack of a careless reader. */
static void
test_deep (void **state)
{
    g_autofree char *open = g_strnfill (1 << 20, '[');
    g_autofree char *text = g_strconcat ("{\"rows\":", open, NULL);
    g_autoptr (GError) error = NULL;
    Seen seen;

    assert_false (pull (text, strlen (text), &seen, &error));
    assert_true (fault_is (error, FAULT_REMOTE));
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_whole),  cmocka_unit_test (test_cut_at_every_byte),
        cmocka_unit_test (test_damage), cmocka_unit_test (test_full_page_without_count),
        cmocka_unit_test (test_deep),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
