#include "insights/wording_private.h"
#include "widgets/widget.h"

#include <string.h>

/* ---- groups ---- */

Group
wording_group_find (const char *name)
{
    Group group = 0;

    while (group < N_GROUPS && g_strcmp0 (group_name (group), name) != 0)
        group++;
    return group;
}

/* The totals belong to all sources together as well as to their own. */
static guint
groups_of (const Fact *fact, Source needs)
{
    guint own = needs == SOURCE_GA4         ? 1u << GROUP_TRAFFIC
                : needs == SOURCE_META      ? 1u << GROUP_ADS
                : needs == SOURCE_INSTAGRAM ? 1u << GROUP_CONTENT
                                            : 0;

    return own | (!own || !fact->entity ? 1u << GROUP_CROSS_CHANNEL : 0);
}

/* ---- what is told ---- */

static guint
same_name (const GArray *told, const Fact *fact, Kind kind)
{
    for (guint i = 0; i < told->len; i++) {
        const Told *other = &g_array_index (told, Told, i);

        if (other->sense.subject->kind == kind && g_strcmp0 (other->fact->entity, fact->entity) == 0)
            return i;
    }
    return told->len;
}

/* Is it a number of a connected source, and do we know what it is about? */
static gboolean
is_told (const Fact *fact, Source connected, Sense *sense, Source *needs)
{
    const Widget *widget = widget_find (fact->evidence.widget);

    if (!widget || !sense_find (fact->metric, sense) || sense_is_quiet (sense))
        return FALSE;
    *needs = widget->needs;
    return !(*needs & ~connected) &&
           (fact->entity ? sense->subject->kind : !sense->subject->kind || sense->subject->about);
}

static GArray *
tell (const GPtrArray *facts, Source connected)
{
    GArray *told = g_array_new (FALSE, FALSE, sizeof (Told));

    for (guint i = 0; i < facts->len; i++) {
        Told one = { .fact = facts->pdata[i] };

        if (!is_told (one.fact, connected, &one.sense, &one.needs))
            continue;
        one.entity = same_name (told, one.fact, one.sense.subject->kind);
        one.groups = groups_of (one.fact, one.needs);
        g_array_append_val (told, one);
    }
    return told;
}

const Told *
wording_told (const Wording *wording, const char *id, gsize length)
{
    for (guint i = 0; i < wording->told->len; i++) {
        const char *known = told_at (wording, i)->fact->id;

        if (strlen (known) == length && strncmp (known, id, length) == 0)
            return told_at (wording, i);
    }
    return NULL;
}

/* ---- closing sentences of the rules ---- */

/* The last sentence, if it has no figure and no name; NULL if it is the only one. Quotes are ours: a name
 * can't hold them. */
static char *
last_sentence (const char *text)
{
    const char *at = text + strlen (text) - MIN (strlen (text), 1);

    while (at > text && !(at[0] == ' ' && (at[-1] == '.' || at[-1] == ';')))
        at--;
    if (at == text || strpbrk (at, "0123456789") || strstr (at, "“") || strstr (at, "”"))
        return NULL;
    return g_ascii_isupper (at[1]) ? g_strdup (at + 1) : NULL;
}

static gboolean
is_about_told (const GArray *told, const Bullet *bullet)
{
    for (guint i = 0; i < told->len; i++)
        if (g_ptr_array_find (bullet->facts, g_array_index (told, Told, i).fact, NULL))
            return TRUE;
    return FALSE;
}

static void
step_clear (gpointer data)
{
    g_free (((Step *)data)->text);
}

static GArray *
find_steps (const GPtrArray *bullets, const GArray *told)
{
    GArray *steps = g_array_new (FALSE, FALSE, sizeof (Step));

    g_array_set_clear_func (steps, step_clear);
    for (guint i = 0; i < bullets->len; i++) {
        Step step = { .rule = bullets->pdata[i] };

        if (step.rule->group == GROUP_QUALITY || !is_about_told (told, step.rule))
            continue;
        step.text = last_sentence (step.rule->text->str);
        g_snprintf (step.id, sizeof step.id, "A%u", steps->len + 1);
        if (step.text)
            g_array_append_val (steps, step);
    }
    return steps;
}

/* ---- the whole ---- */

Wording *
wording_new (const GPtrArray *facts, const GPtrArray *bullets, Source connected)
{
    Wording *wording = g_new0 (Wording, 1);

    wording->facts = facts;
    wording->bullets = bullets;
    wording->connected = connected;
    wording->told = tell (facts, connected);
    wording->steps = find_steps (bullets, wording->told);
    wording->question = wording_ask (wording);
    return wording;
}

void
wording_free (Wording *wording)
{
    g_array_unref (wording->told);
    g_array_unref (wording->steps);
    g_string_free (wording->question, TRUE);
    g_free (wording);
}

const char *
wording_question (const Wording *wording)
{
    return wording->question->str;
}

const char *
wording_schema (void)
{
    return "{\"type\":\"object\",\"properties\":{\"insights\":{\"type\":\"array\",\"items\":{\"type\":"
           "\"object\",\"properties\":{"
           "\"group\":{\"type\":\"string\",\"enum\":[\"Cross-channel\",\"Ads\",\"Traffic\",\"Content\"]},"
           "\"text\":{\"type\":\"string\"},"
           "\"fact_ids\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}},"
           "\"action\":{\"type\":\"string\"}},"
           "\"required\":[\"group\",\"text\",\"fact_ids\",\"action\"],\"additionalProperties\":false}}},"
           "\"required\":[\"insights\"],\"additionalProperties\":false}";
}

const char *
wording_rules (void)
{
    return "You turn facts about marketing numbers into short English sentences for a dashboard. You get "
           "JSON: "
           "the facts, each with an id, and actions. Answer with JSON only, like this:\n"
           "{\"insights\":[{\"group\":\"Traffic\",\"text\":\"Sessions {F2.rose} to {F1.value} against "
           "{F2.before}."
           "\",\"fact_ids\":[\"F1\",\"F2\"],\"action\":\"\"}]}\n"
           "Never write a number, a date, a name or a currency yourself. Write a slot, and it is filled in:\n"
           "{F1.value} the figure with its unit; {F1.name} the name of its channel, campaign, page or post; "
           "{F2.rose} \"rose 8%\" or \"fell 8%\"; {F2.change} \"up 8%\" or \"down 8%\" (both only of facts "
           "with a direction); {F1.window} its days; {F2.before} the days it is compared with.\n"
           "Rules:\n"
           "- No digits, no number words (two, half, double), no percent signs, no symbols beside a slot.\n"
           "- Use the facts' own words for what is measured (\"what\"): sessions, ad spend, cost per "
           "purchase. Beside them use "
           "plain words: was, came to, rose, fell, grew, dropped, up, down, more, fewer, less, brought, "
           "spent, paid, and, "
           "while, against, than before. Any unusual word loses the sentence.\n"
           "- A figure of a fact with a name stands in one clause with that name and no other: "
           "\"{F7.name} spent {F7.value}.\"\n"
           "- rose, fell, more, fewer only as the fact's direction says; largest, best, lowest only if the "
           "facts "
           "show it. No causes (because, due to, led to), no forecasts, no judgements, no advice.\n"
           "- Only groups that the fact lists. At most three sentences of text in one insight, at most three "
           "insights in a group; the most important first. The first of Cross-channel tells total sessions "
           "and "
           "total ad spend.\n"
           "- action: the id of one of the actions that belongs to the same facts, or \"\". Write no advice "
           "yourself.\n"
           "- Plain text: no Markdown, no links, no quotation marks.";
}
