#include "widgets/freshness.h"

/* What is wrong with an account, for people; the connected one is fine. */
static const struct {
    const char *code, *text;
} states[] = {
    [ACCOUNT_CONNECTED] = { NULL, NULL },
    [ACCOUNT_RECONNECT] = { "reconnect", "its access has ended. Connect it again to get new days." },
    [ACCOUNT_ERROR] = { "sync_failed", "the last sync failed, so its latest days may be missing." },
    [ACCOUNT_PAUSED] = { "paused", "its sync is paused, so its latest days are missing." },
};

static const Account *
account_at (const Coverage *coverage, guint i)
{
    return i < coverage->accounts->len ? &g_array_index (coverage->accounts, Account, i) : NULL;
}

/* The sources of the set that are switched off or not connected get a notice. */
static gboolean
check_sources (Quality *quality, Source needs, const WidgetRequest *request, Source connected)
{
    Source on = request->sources;
    gboolean all = TRUE;

    for (guint i = 0; i < G_N_ELEMENTS (source_infos); i++) {
        const SourceInfo *info = &source_infos[i];

        if (!(needs & info->source) || (on & connected & info->source))
            continue;
        if (request->shared)
            quality_notice (quality, on & info->source ? "not_connected" : "source_off",
                            "%s is not shown here.", info->title);
        else if (!(on & info->source))
            quality_notice (quality, "source_off",
                            "%s is switched off here; switch it on to see these numbers.", info->title);
        else
            quality_notice (quality, "not_connected", "%s is not connected; connect it to see these numbers.",
                            info->title);
        all = FALSE;
    }
    return all;
}

/* The first day that may still change: the source settles each day for a while. */
static Day
provisional_from (const Account *account)
{
    if (account->complete_through == DAY_NONE)
        return DAY_NONE;
    return account->complete_through - (source_info (account->source)->settle_days - 1);
}

/* The latest sync; the day up to which all have everything; the first that may change. */
static void
fill_times (Quality *quality, Source needs, const Coverage *coverage)
{
    Day through = G_MAXINT32, from = G_MAXINT32;
    const Account *account;

    for (guint i = 0; (account = account_at (coverage, i)); i++) {
        if (!(account->source & needs))
            continue;
        quality->as_of = MAX (quality->as_of, account->last_success);
        through = MIN (through, account->complete_through); /* DAY_NONE is the least of all */
        if (account->complete_through != DAY_NONE)
            from = MIN (from, provisional_from (account));
    }
    quality->complete_through = through;
    quality->provisional_from = from <= coverage->period.to ? from : DAY_NONE;
}

static gint
compare_days (gconstpointer a, gconstpointer b)
{
    const Day *one = a, *other = b;

    return (*one > *other) - (*one < *other);
}

static void
fill_missing (Quality *quality, Source needs, const Coverage *coverage)
{
    GArray *days = quality->missing_days;
    guint kept = 0;

    for (guint i = 0; i < G_N_ELEMENTS (source_infos); i++)
        if (needs & source_infos[i].source)
            coverage_missing (coverage, source_infos[i].source, quality->complete_through, days);
    g_array_sort (days, compare_days);
    for (guint i = 0; i < days->len; i++) /* a day that two sources lack is named once */
        if (!i || g_array_index (days, Day, i) != g_array_index (days, Day, kept - 1))
            g_array_index (days, Day, kept++) = g_array_index (days, Day, i);
    g_array_set_size (days, kept);
}

static void
notice_zones (Quality *quality, Source needs, const Coverage *coverage)
{
    const char *zone = NULL;
    const Account *account;

    for (guint i = 0; (account = account_at (coverage, i)); i++) {
        if (!(account->source & needs) || !account->time_zone)
            continue;
        if (zone && g_strcmp0 (zone, account->time_zone) != 0)
            quality_notice (
                quality, "zone_differs",
                "The accounts keep different time zones (%s, %s), so their days do not begin at the "
                "same moment.",
                zone, account->time_zone);
        zone = zone ? zone : account->time_zone;
    }
}

static void
notice_accounts (Quality *quality, Source needs, const Coverage *coverage)
{
    const Account *account;

    for (guint i = 0; (account = account_at (coverage, i)); i++)
        if ((account->source & needs) && states[account->status].code)
            quality_notice (quality, states[account->status].code, "%s \"%s\": %s",
                            source_info (account->source)->title, account->label,
                            states[account->status].text);
}

static void
notice_sources (Quality *quality, Source needs, const Coverage *coverage)
{
    for (guint i = 0; i < coverage->notices->len; i++) {
        const SourceNotice *notice = &g_array_index (coverage->notices, SourceNotice, i);

        if (notice->source & needs)
            quality_notice (quality, notice->code, "%s", notice->text);
    }
}

/* The same for people who are not to know which accounts there are: neither their names, nor the words of a
 * platform, which may have some. */
static void
notice_nameless (Quality *quality, Source needs, const Coverage *coverage)
{
    const Account *account;

    for (guint i = 0; (account = account_at (coverage, i)); i++)
        if ((account->source & needs) && states[account->status].code)
            quality_notice (quality, states[account->status].code, "%s: the latest days may be missing.",
                            source_info (account->source)->title);
    for (guint i = 0; i < coverage->notices->len; i++) {
        const SourceNotice *notice = &g_array_index (coverage->notices, SourceNotice, i);

        if (notice->source & needs)
            quality_notice (quality, notice->code, "%s has a remark on some of these days.",
                            source_info (notice->source)->title);
    }
}

gboolean
freshness_fill (Quality *quality, Source needs, const WidgetRequest *request, const Coverage *coverage)
{
    if (!check_sources (quality, needs, request, coverage_connected (coverage)))
        return FALSE;
    fill_times (quality, needs, coverage);
    fill_missing (quality, needs, coverage);
    if (request->shared) {
        notice_nameless (quality, needs, coverage);
        return TRUE;
    }
    notice_accounts (quality, needs, coverage);
    notice_zones (quality, needs, coverage);
    notice_sources (quality, needs, coverage);
    return TRUE;
}
