#include "model/source.h"

#include <string.h>

const SourceInfo source_infos[3] = {
    { SOURCE_GA4, "ga4", "Google Analytics", 2 },
    { SOURCE_META, "meta", "Meta Ads", 28 },
    { SOURCE_INSTAGRAM, "instagram", "Instagram", 2 },
};

const SourceInfo *
source_info (Source one)
{
    for (guint i = 0; i < G_N_ELEMENTS (source_infos); i++)
        if (source_infos[i].source == one)
            return &source_infos[i];
    return NULL;
}

const char *
source_name (Source one)
{
    const SourceInfo *info = source_info (one);

    return info ? info->name : NULL;
}

Source
source_parse (const char *name)
{
    for (guint i = 0; name && i < G_N_ELEMENTS (source_infos); i++)
        if (strcmp (source_infos[i].name, name) == 0)
            return source_infos[i].source;
    return g_strcmp0 (name, "ig") == 0 ? SOURCE_INSTAGRAM : SOURCE_NONE;
}

gboolean
source_parse_list (const char *list, Source *set, char **bad)
{
    g_auto (GStrv) names = g_strsplit (list, ",", 16);

    *set = SOURCE_NONE;
    for (char **name = names; *name; name++) {
        Source one = source_parse (g_strstrip (*name));

        if (one == SOURCE_NONE) {
            *bad = g_strdup (*name);
            return FALSE;
        }
        *set |= one;
    }
    if (*set == SOURCE_NONE)
        *bad = g_strdup ("");
    return *set != SOURCE_NONE;
}
