/* insights_private.h -- what the files of the insights share: one run, and short words
 * for taking facts out of answers. */
#pragma once
#include "insights/answers.h"
#include "insights/bullets.h"
#include "insights/detect.h"
#include "insights/insights.h"

struct Insights {
    Answers answers;
    GPtrArray *facts;   /* of Fact */
    GPtrArray *bullets; /* of Bullet */
    json_t *targets;    /* borrowed, may be NULL */
    Sensitivity sensitivity;
    Source connected;
};

/* Is there anything to say of a source: is it asked for, connected, and are there days of it? */
gboolean insights_has (const Insights *insights, Source source);

/* So many days are missing of the period that it is compared with that nothing can be; 0: few enough. */
int insights_gap (const Insights *insights, Source source);

/* A number of an answer. NULL if it has none there. */
Fact *
fact_read (Insights *insights, const char *metric, const Answer *answer, const char *pointer, Unit unit);
/* The same of a part: entity is the name of it. */
Fact *fact_part (Insights *insights, const char *metric, const Answer *answer, const char *entity, Unit unit,
                 const char *pointer);
/* A relative change, of complete days where not all are complete. NULL also if what it is compared with lacks
 * too many days. */
Fact *fact_change (Insights *insights, const char *metric, const Answer *answer, const char *pointer);
/* What was reckoned from the answer's numbers; its window is the answer's. NULL if it is not a number. */
Fact *fact_reckon (Insights *insights, const char *metric, const Answer *answer, const char *entity,
                   double value, Unit unit);
/* Does the change cover fewer days than the period? */
gboolean fact_is_cut (const Fact *change);

/* The days of the answer's period that don't change any more; empty if all still may. */
Period insights_settled (const Insights *insights, const Answer *answer);

/* The weekdays on which more sessions are engaged than on the others, for certain. */
typedef struct {
    int days[2];         /* the clearest first; 0: there is no second */
    double rate, others; /* of the first, and of all other days */
} Peak;

gboolean peak_find (const Insights *insights, Peak *peak); /* FALSE: there is none */

/* The rules, a group each. They add bullets or, where there is nothing to say, none. */
gboolean rules_cross (Insights *insights, GError **error);
gboolean rules_paid (Insights *insights, GError **error);
gboolean rules_ads (Insights *insights, GError **error);
gboolean rules_traffic (Insights *insights, GError **error);
void rules_content (Insights *insights);
gboolean rules_quality (Insights *insights, GError **error);
void rules_days (Insights *insights);
void rules_targets (Insights *insights);
