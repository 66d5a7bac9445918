#include "insights/facts.h"

#include <string.h>

static void
fact_free (gpointer data)
{
    Fact *fact = data;

    g_free (fact->entity);
    g_free (fact->pointer);
    g_free (fact);
}

GPtrArray *
facts_new (void)
{
    return g_ptr_array_new_with_free_func (fact_free);
}

Fact *
facts_add (GPtrArray *facts, const Fact *like)
{
    Fact *fact = g_memdup2 (like, sizeof *like);

    g_snprintf (fact->id, sizeof fact->id, "F%u", facts->len + 1);
    g_strlcpy (fact->currency, like->figure.currency ? like->figure.currency : "", sizeof fact->currency);
    fact->figure.currency = fact->currency;
    fact->entity = g_strdup (like->entity);
    fact->pointer = g_strdup (like->pointer);
    g_ptr_array_add (facts, fact);
    return fact;
}

int
fact_direction (const Fact *fact)
{
    if (!fact->is_change || prose_is_zero (&fact->figure))
        return 0;
    return fact->figure.value > 0 ? 1 : -1;
}

/* ---- writing ---- */

static void
write_window (const char *key, Period window, Json *json)
{
    json_key (json, key);
    if (period_days (window) < 1) {
        json_none (json);
        return;
    }
    json_begin_object (json);
    json_put_day (json, "start", window.from);
    json_put_day (json, "end", window.to);
    json_end_object (json);
}

static void
write_sources (Source sources, Json *json)
{
    g_autoptr (GString) list = g_string_new (NULL);

    if (sources == SOURCE_ALL)
        return;
    for (guint i = 0; i < G_N_ELEMENTS (source_infos); i++)
        if (sources & source_infos[i].source)
            g_string_append_printf (list, "%s%s", list->len ? "," : "", source_infos[i].name);
    json_put_text (json, "sources", list->str);
}

/* As its parameters would be written in a query. */
static void
write_parameters (const Evidence *evidence, Json *json)
{
    json_begin_object (json);
    json_put_day (json, "startDate", evidence->period.from);
    json_put_day (json, "endDate", evidence->period.to);
    json_put_text (json, "compare", comparison_name (evidence->comparison.kind));
    if (evidence->comparison.kind == COMPARE_CUSTOM) {
        json_put_day (json, "compareStart", evidence->comparison.period.from);
        json_put_day (json, "compareEnd", evidence->comparison.period.to);
    }
    write_sources (evidence->sources, json);
    if (evidence->by)
        json_put_text (json, "by", evidence->by);
    if (evidence->metric)
        json_put_text (json, "metric", evidence->metric);
    json_end_object (json);
}

static void
write_evidence (const Fact *fact, Json *json)
{
    json_key (json, "evidence");
    json_begin_object (json);
    json_put_text (json, "widget", fact->evidence.widget);
    json_put_text (json, "view", fact->evidence.by ? "explain" : "widget");
    json_key (json, "parameters");
    write_parameters (&fact->evidence, json);
    json_put_text (json, "pointer", fact->pointer);
    json_end_object (json);
}

static void
write_direction (const Fact *fact, Json *json)
{
    static const char *const names[] = { "down", "flat", "up" };

    json_put_text (json, "direction", fact->is_change ? names[fact_direction (fact) + 1] : NULL);
}

static void
write_fact (const Fact *fact, Json *json)
{
    g_autoptr (GString) text = g_string_new (NULL);

    prose_figure (text, &fact->figure);
    json_begin_object (json);
    json_put_text (json, "id", fact->id);
    json_put_text (json, "metric", fact->metric);
    json_put_text (json, "entity", fact->entity);
    json_put_real (json, "value", fact->figure.value);
    json_put_text (json, "unit", fact->figure.points ? "points" : unit_name (fact->figure.unit));
    json_put_text (json, "currency", *fact->currency ? fact->currency : NULL);
    json_put_text (json, "text", text->str);
    write_window ("window", fact->window, json);
    write_window ("compare", fact->before, json);
    write_direction (fact, json);
    write_evidence (fact, json);
    json_end_object (json);
}

void
facts_write (const GPtrArray *facts, Json *json)
{
    json_begin_array (json);
    for (guint i = 0; i < facts->len; i++)
        write_fact (facts->pdata[i], json);
    json_end_array (json);
}
