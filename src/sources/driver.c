#include "sources/driver.h"

#include "sources/ga4.h"
#include "sources/instagram.h"
#include "sources/meta.h"

#include <string.h>

static const SourceDriver *const drivers[] = {
    &driver_ga4,
    &driver_instagram,
    &driver_meta,
};

const SourceDriver *
source_driver (Source one)
{
    for (guint i = 0; i < G_N_ELEMENTS (drivers); i++)
        if (drivers[i]->source == one)
            return drivers[i];
    return NULL;
}

/* Tokens do not stay behind in freed memory. */
static void
wipe (char **secret)
{
    if (*secret)
        explicit_bzero (*secret, strlen (*secret));
    g_clear_pointer (secret, g_free);
}

void
grant_clear (Grant *grant)
{
    wipe (&grant->access_token);
    wipe (&grant->credential);
    g_clear_pointer (&grant->payer, g_free);
}

void
account_choice_free (gpointer choice)
{
    AccountChoice *one = choice;

    g_free (one->external_id);
    g_free (one->name);
    g_free (one->detail);
    g_free (one);
}

void
account_info_clear (AccountInfo *info)
{
    g_clear_pointer (&info->name, g_free);
    g_clear_pointer (&info->currency, g_free);
    g_clear_pointer (&info->time_zone, g_free);
}

void
account_choices_add (GPtrArray *choices, AccountChoice *choice)
{
    for (guint i = 0; i < choices->len; i++)
        if (strcmp (((AccountChoice *)choices->pdata[i])->external_id, choice->external_id) == 0) {
            account_choice_free (choice);
            return;
        }
    g_ptr_array_add (choices, choice);
}

GHashTable *
source_notes_new (void)
{
    return g_hash_table_new (g_str_hash, g_str_equal);
}

int
source_recall (const SourceContext *context, const char *name)
{
    return context->notes ? GPOINTER_TO_INT (g_hash_table_lookup (context->notes, name)) : 0;
}

void
source_note (const SourceContext *context, const char *name, int value)
{
    if (context->notes)
        g_hash_table_insert (context->notes, (char *)name, GINT_TO_POINTER (value));
}

void
own_totals_clear (OwnTotals *totals)
{
    g_clear_pointer (&totals->currency, g_free);
    g_clear_pointer (&totals->time_zone, g_free);
}
