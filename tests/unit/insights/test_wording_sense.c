/* Every kind of fact that the rules make is known to the wording, or left to the rules on purpose. */
#include "insights/wording_private.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include <string.h>

/* How facts are named in the sources: the call, where the name stands in it, and what goes before it. */
static const struct {
    const char *pattern, *prefix;
} makers[] = {
    { "\\b(?:fact_read|fact_part|fact_change|fact_reckon|part_fact|days_fact|target_fact|side_change|factor_"
      "fact) "
      "\\(insights, \"([a-z_.]+)\"",
      "" },
    { "\\bfact_(?:read|part|change|reckon) \\(\\s*insights, \"([a-z_.]+)\"", "" },
    { "\\b(?:event_fact|change_fact) \\(insights, \"([a-z_]+)\"", "sessions." },
    { "\\bsessions_fact \\(insights, [a-z]+, \"([a-z_.]+)\"", "" },
    { "\\bcite_tests \\(insights, [a-z]+, \"([a-z_]+)\"", "sessions." },
    { "\"([a-z_]+\\.contribution(?:_share)?)\"", "" },
    { "\\bpage_number \\([^\"]*\"([a-z_]+)\"", "landing_page." },
    { "\\bpost_fact \\([^\"]*\"([a-z_]+)\"", "post." },
    { "\\bcampaign_fact \\([^\"]*\"([a-z_]+)\"", "campaign." },
};

static const char *const aspects_of_days[] = { ".unusual", ".usual", ".unusual_change", ".tested_days" };

static void
find_all (const char *source, const char *pattern, const char *prefix, const char *suffix,
          GHashTable *metrics)
{
    g_autoptr (GRegex) regex = g_regex_new (pattern, 0, 0, NULL);
    g_autoptr (GMatchInfo) match = NULL;

    for (g_regex_match (regex, source, 0, &match); g_match_info_matches (match);
         g_match_info_next (match, NULL)) {
        g_autofree char *name = g_match_info_fetch (match, 1);

        g_hash_table_add (metrics, g_strconcat (prefix, name, suffix, NULL));
    }
}

static GHashTable *
metrics_of_sources (void)
{
    GHashTable *metrics = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    const char *folder = TESTS_DIR "/../src/insights";
    g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
    const char *name;

    assert_non_null (dir);
    while ((name = g_dir_read_name (dir))) {
        g_autofree char *path = g_build_filename (folder, name, NULL), *source = NULL;

        gboolean watches = g_str_has_prefix (name, "unusual") || g_str_has_prefix (name, "track");

        if (!g_str_has_prefix (name, "rules_") && !watches)
            continue;
        assert_true (g_file_get_contents (path, &source, NULL, NULL));
        for (guint i = 0; i < G_N_ELEMENTS (makers); i++)
            find_all (source, makers[i].pattern, makers[i].prefix, "", metrics);
        for (guint i = 0; i < G_N_ELEMENTS (aspects_of_days) && watches; i++)
            find_all (source, "\\.metric = \"([a-z_.]+)\"", "", aspects_of_days[i], metrics);
    }
    return metrics;
}

static void
test_every_metric_has_its_line (void **state)
{
    g_autoptr (GHashTable) metrics = metrics_of_sources ();
    GHashTableIter each;
    gpointer metric;
    guint unknown = 0;
    Sense sense;

    (void)state;
    assert_true (g_hash_table_size (metrics) >= 50);
    g_hash_table_iter_init (&each, metrics);
    while (g_hash_table_iter_next (&each, &metric, NULL))
        if (!sense_find (metric, &sense)) {
            print_message ("# wording_sense.c has no line for the facts \"%s\"\n", (char *)metric);
            unknown++;
        }
    assert_int_equal (unknown, 0);
}

/* Each "what" is told to the model, so it must be made of words that the model may use. */
static void
test_what_is_told_can_be_said (void **state)
{
    static const char *const metrics[] = { "sessions",      "campaign.roas_before",
                                           "roas.change",   "channel.sessions.unusual",
                                           "revenue.usual", "conversion_rate.unusual_change",
                                           "cpm.change" };

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS (metrics); i++) {
        Sense sense;
        g_autofree char *what = NULL;
        gsize length;

        assert_true (sense_find (metrics[i], &sense));
        what = g_strconcat (sense.aspect->before, sense.subject->what, sense.aspect->after, NULL);
        for (const char *at = what; *at; at += length, at += strspn (at, " ")) {
            length = 0;
            assert_non_null (word_find (at, &length));
        }
    }
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_every_metric_has_its_line),
        cmocka_unit_test (test_what_is_told_can_be_said),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
