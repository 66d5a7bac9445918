/* facts.h -- what is known for certain of a period, each figure with where it comes from.
 *
 * A fact is a number that a widget's answer holds, or one that was reckoned from such
 * numbers. Whatever is said to people is made of facts only, so that every figure of a
 * sentence can be traced. Facts own their texts; one request, one thread. */
#pragma once
#include "base/json.h"
#include "insights/prose.h"
#include "model/source.h"

/* Where a number can be seen: a widget's answer, or the explanation of its change. */
typedef struct {
    const char *widget; /* its key, of the registry */
    const char *by;     /* of an explanation: how it was split; NULL: the widget itself */
    const char *metric; /* of an explanation: NULL for the headline */
    Period period;
    Comparison comparison;
    Source sources;
} Evidence;

typedef struct {
    char id[12];        /* "F3" */
    const char *metric; /* static: "sessions", "sessions.change" */
    char *entity;       /* a channel, a campaign, a page; NULL: the whole */
    Figure figure;      /* its currency is the fact's own */
    char currency[8];
    Period window, before; /* before: what it was compared with, empty if nothing was */
    gboolean is_change;    /* its sign is a direction */
    Evidence evidence;
    char *pointer; /* into the answer, "/stats/value"; NULL: it was reckoned */
} Fact;

#define NO_PERIOD ((Period){ 1, 0 })

/* A copy of like with the next id; borrowed from facts. Texts are copied, so like keeps its own. */
Fact *facts_add (GPtrArray *facts, const Fact *like);
GPtrArray *facts_new (void);
/* Which way: 1 up, -1 down, 0 level or no change at all. */
int fact_direction (const Fact *fact);
/* The array of all. */
void facts_write (const GPtrArray *facts, Json *json);
