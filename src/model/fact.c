#include "model/fact.h"

/* The columns of sql/schema, without user_id. */

static const FactColumn ga4_daily[] = {
    { "property_id", VALUE_TEXT },   { "date", VALUE_DAY },
    { "users", VALUE_INT },          { "new_users", VALUE_INT },
    { "users_7d", VALUE_INT },       { "users_28d", VALUE_INT },
    { "sessions", VALUE_INT },       { "engaged_sessions", VALUE_INT },
    { "page_views", VALUE_INT },     { "conversions", VALUE_INT },
    { "revenue_micros", VALUE_INT },
};

static const FactColumn ga4_channel_daily[] = {
    { "property_id", VALUE_TEXT }, { "date", VALUE_DAY },           { "channel", VALUE_TEXT },
    { "users", VALUE_INT },        { "sessions", VALUE_INT },       { "engaged_sessions", VALUE_INT },
    { "conversions", VALUE_INT },  { "revenue_micros", VALUE_INT },
};

static const FactColumn ga4_landing_daily[] = {
    { "property_id", VALUE_TEXT }, { "date", VALUE_DAY },        { "landing_page", VALUE_TEXT },
    { "sessions", VALUE_INT },     { "conversions", VALUE_INT }, { "revenue_micros", VALUE_INT },
};

static const FactColumn ga4_period_users[] = {
    { "property_id", VALUE_TEXT },
    { "start_date", VALUE_DAY },
    { "end_date", VALUE_DAY },
    { "users", VALUE_INT },
};

static const FactColumn meta_daily[] = {
    { "account_id", VALUE_TEXT }, { "date", VALUE_DAY },           { "campaign_id", VALUE_TEXT },
    { "campaign", VALUE_TEXT },   { "spend_micros", VALUE_INT },   { "impressions", VALUE_INT },
    { "reach", VALUE_INT },       { "clicks", VALUE_INT },         { "link_clicks", VALUE_INT },
    { "conversions", VALUE_INT }, { "revenue_micros", VALUE_INT }, { "currency", VALUE_TEXT },
};

static const FactColumn ig_daily[] = {
    { "account_id", VALUE_TEXT },
    { "date", VALUE_DAY },
    { "reach", VALUE_INT },
    { "views", VALUE_INT },
    { "accounts_engaged", VALUE_INT },
    { "total_interactions", VALUE_INT },
    { "likes", VALUE_INT },
    { "comments", VALUE_INT },
    { "saves", VALUE_INT },
    { "shares", VALUE_INT },
    { "followers", VALUE_INT, .once = TRUE }, /* the count nearest to the end of the day */
    { "profile_views", VALUE_INT },
};

static const FactColumn ig_media[] = {
    { "account_id", VALUE_TEXT },   { "media_id", VALUE_TEXT },
    { "posted_at", VALUE_INSTANT }, { "media_type", VALUE_TEXT },
    { "product_type", VALUE_TEXT }, { "caption", VALUE_TEXT },
    { "permalink", VALUE_TEXT },    { "reach", VALUE_INT },
    { "views", VALUE_INT },         { "likes", VALUE_INT },
    { "comments", VALUE_INT },      { "saves", VALUE_INT },
    { "shares", VALUE_INT },        { "total_interactions", VALUE_INT },
    { "seen_at", VALUE_INSTANT },
};

#define FACT_TABLE(table, keys, daily)                                  \
    const FactTable fact_##table = { .name = #table,                    \
                                     .columns = table,                  \
                                     .n_columns = G_N_ELEMENTS (table), \
                                     .n_key = (keys),                   \
                                     .by_day = (daily) }

FACT_TABLE (ga4_daily, 2, TRUE);
FACT_TABLE (ga4_channel_daily, 3, TRUE);
FACT_TABLE (ga4_landing_daily, 3, TRUE);
FACT_TABLE (ga4_period_users, 3, FALSE);
FACT_TABLE (meta_daily, 3, TRUE);
/* By key: a day's followers can be seen on that day only, and reading it again must not lose them. */
FACT_TABLE (ig_daily, 2, FALSE);
FACT_TABLE (ig_media, 2, FALSE);

FactSet *
fact_set_new (const FactTable *table)
{
    FactSet *set = g_new0 (FactSet, 1);

    set->table = table;
    set->values = g_array_new (FALSE, FALSE, sizeof (Value));
    set->text = g_string_chunk_new (4096);
    return set;
}

void
fact_set_free (FactSet *set)
{
    if (!set)
        return;
    g_array_unref (set->values);
    g_string_chunk_free (set->text);
    g_free (set);
}

guint
fact_set_rows (const FactSet *set)
{
    return set->values->len / set->table->n_columns;
}

const Value *
fact_set_row (const FactSet *set, guint row)
{
    return &g_array_index (set->values, Value, row * set->table->n_columns);
}

void
fact_set_add (FactSet *set, const Value *values)
{
    for (guint i = 0; i < set->table->n_columns; i++) {
        Value value = values[i];

        if (value.type == VALUE_TEXT && value.text)
            value.text = g_string_chunk_insert_const (set->text, value.text);
        g_array_append_val (set->values, value);
    }
}
