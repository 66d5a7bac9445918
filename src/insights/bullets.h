/* bullets.h -- sentences made of facts.
 *
 * A template is a sentence with slots; each takes the next fact of the arguments and cites it:
 *
 *   {}               its figure, "12,431"       {size}    without a sign
 *   {|session|sessions}   with the word for one or for many
 *   {signed}         "+8.2%"                    {moved}   "up 8.2%", "down 3.1%", "unchanged"
 *   {rose}           "rose 8.2%", "fell 3.1%", "did not change"
 *   {more}           "8.2% more", "3.1% less", "as much"
 *   {name}           the entity, as text in quotes
 *   {day} {window} {before}   "Tue 17 Nov 2026", the days it is of, those it is compared with
 *   {during}         the days it is of, as "on" one or "from" one "to" another
 *
 * {text} takes a const char * instead, a word of ours without a figure. Templates hold no
 * digits, so that a sentence has no figure but those of its facts. */
#pragma once
#include "insights/facts.h"

typedef enum {
    GROUP_CROSS_CHANNEL,
    GROUP_ADS,
    GROUP_TRAFFIC,
    GROUP_CONTENT,
    GROUP_QUALITY,
    N_GROUPS,
} Group;

const char *group_name (Group group); /* "Cross-channel" */

typedef struct {
    Group group;
    double weight; /* those that weigh most are shown */
    GString *text;
    GPtrArray *facts; /* of Fact, borrowed, each once */
} Bullet;

GPtrArray *bullets_new (void); /* of Bullet */
/* A new one; sentences are added to it. Borrowed from bullets. */
Bullet *bullet_add (GPtrArray *bullets, Group group, double weight);
/* One more sentence, after a space. */
void bullet_say (Bullet *bullet, const char *template, ...);
/* The rest of a sentence, with no space but its own. */
void bullet_go_on (Bullet *bullet, const char *template, ...);
/* What the sentences rest on without saying it. */
void bullet_cite (Bullet *bullet, Fact *fact);
/* "items": the groups that have any, each with those that weigh most, at most `most`. */
void bullets_write (const GPtrArray *bullets, guint most, Json *json);
