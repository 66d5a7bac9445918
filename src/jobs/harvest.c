#include "jobs/harvest.h"

static void
notice_clear (gpointer data)
{
    Notice *notice = data;

    g_free (notice->code);
    g_free (notice->text);
}

static FactSet *
set_of (Harvest *harvest, const FactTable *table)
{
    guint i = 0;

    while (i < harvest->n_sets && harvest->sets[i]->table != table)
        i++;
    if (i == harvest->n_sets) {
        g_assert (harvest->n_sets < HARVEST_TABLES);
        harvest->sets[harvest->n_sets++] = fact_set_new (table);
    }
    return harvest->sets[i];
}

static void
collect_fact (gpointer user, const FactTable *table, const Value *values)
{
    fact_set_add (set_of (user, table), values);
}

static void
collect_notice (gpointer user, const char *code, Period days, const char *text)
{
    Harvest *harvest = user;
    Notice notice = { .days = days, .code = g_strdup (code), .text = g_strdup (text) };

    if (!harvest->notices) {
        harvest->notices = g_array_new (FALSE, FALSE, sizeof (Notice));
        g_array_set_clear_func (harvest->notices, notice_clear);
    }
    g_array_append_val (harvest->notices, notice);
}

SourceSink
harvest_sink (Harvest *harvest)
{
    return (SourceSink){ .emit = collect_fact, .notice = collect_notice, .user = harvest };
}

void
harvest_expect (Harvest *harvest, const FactTable *const *tables)
{
    for (; *tables; tables++)
        set_of (harvest, *tables);
}

void
harvest_clear (Harvest *harvest)
{
    for (guint i = 0; i < harvest->n_sets; i++)
        fact_set_free (harvest->sets[i]);
    if (harvest->notices)
        g_array_unref (harvest->notices);
    *harvest = (Harvest){ 0 };
}
