/* source.h -- the three platforms, as bits of a set. */
#pragma once
#include <glib.h>

typedef enum {
    SOURCE_NONE = 0,
    SOURCE_GA4 = 1 << 0,
    SOURCE_META = 1 << 1,
    SOURCE_INSTAGRAM = 1 << 2,
    SOURCE_ALL = SOURCE_GA4 | SOURCE_META | SOURCE_INSTAGRAM,
} Source;

typedef struct {
    Source source;
    const char *name;  /* "ga4": in paths, tables and answers */
    const char *title; /* "Google Analytics": for people */
    int settle_days;   /* how long its numbers may still change */
} SourceInfo;

extern const SourceInfo source_infos[3];

const SourceInfo *source_info (Source one);
const char *source_name (Source one);
/* One name ("ig" is instagram); SOURCE_NONE if unknown. */
Source source_parse (const char *name);
/* "ga4,meta"; FALSE and the unknown name in *bad, which the caller frees, if
 * one is unknown or the list is empty. */
gboolean source_parse_list (const char *list, Source *set, char **bad);
