/* world.h -- the business that the simulators report on, visit by visit.
 *
 * Every number of every report is counted from one list of visits, so that all
 * reports agree by construction: sessions by channel add up to the day, users do
 * not add up over days or channels, 7 and 28 days of users are what they are. A
 * day's visits depend on the seed, the property and the date alone.
 *
 * A World belongs to one thread at a time; the simulator keeps it under its
 * lock. world_reach may move the visits, so pointers into them end there. */
#pragma once
#include "plan.h"

#define N_DEVICES   3
#define N_COUNTRIES 10
#define N_QUERIES   6
#define MAX_PAGES   320

enum {
    VISIT_ENGAGED = 1 << 0,
    VISIT_FIRST = 1 << 1,     /* the visitor was never here before */
    VISIT_BUYS = 1 << 2,      /* one transaction */
    VISIT_UNCOUNTED = 1 << 3, /* events without a session_start: users and views, but no session */
    VISIT_TWICE = 1 << 4,     /* counted under two landing pages, as real reports do now and then */
};

typedef struct {
    guint32 visitor; /* numbered from 0 in its property */
    guint32 revenue; /* hundredths of the property's currency */
    guint16 page;
    guint16 seconds; /* engaged */
    guint16 minute;  /* of the day, in the property's zone */
    guint8 channel, device, country, query;
    guint8 views, key_events, flags;
    guint8 arrival; /* 0..255: when it gets processed, for days that still grow */
} Visit;

typedef struct {
    const char *id; /* "properties/<id>" */
    const char *account, *name;
    const char *currency, *zone;
    double level; /* visits on a plain day of 2025; 0 has no data at all */
    guint n_pages;
    const char *const *countries; /* N_COUNTRIES, most visits first */
} PropertyPreset;

typedef struct Property {
    PropertyPreset preset;
    GTimeZone *zone;
    GPtrArray *pages; /* paths; index is Visit.page */
    GArray *events;   /* Event, those that touch first..last */
    Day first, last;  /* days that exist */
    guint32 n_visitors;
    /* private to world.c */
    guint index;
    guint64 seed;
    GArray *visits, *starts;
    guint16 *page_tables;
} Property;

typedef struct {
    Property **properties;
    guint n_properties;
} World;

extern const char *const world_channels[N_CHANNELS], *const world_devices[N_DEVICES],
                                                         *const world_queries[N_QUERIES];
extern const PropertyPreset world_presets[];
extern const guint world_n_presets;

/* Days first..last of these properties. An unknown zone is FAULT_INVALID. */
World *world_new (guint64 seed, const PropertyPreset *presets, guint n, Day first, Day last, GError **error);
void world_free (World *world);
/* Draw the days up to last, if they are not there yet. */
void world_reach (World *world, Day last);
Property *world_property (const World *world, const char *id); /* NULL if unknown */
/* How many visits a channel is expected to bring on a day; tracked: or as many as GA4 will see,
 * which is none while its tracking is broken. */
double property_demand (const Property *property, Channel channel, Day day, gboolean tracked);
/* The visits of one day, in no order that means anything. */
const Visit *property_visits (const Property *property, Day day, guint *n);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (World, world_free)
