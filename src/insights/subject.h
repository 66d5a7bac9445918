/* subject.h -- by what the change of a widget's number can be split.
 *
 * A row a widget: which columns its number is made of, and one Split for each
 * way to break it down. The questions (sql/explain) give one row a part and
 * period, with these columns:
 *
 *   period    0 the asked period, 1 the one it is compared with
 *   id, name  of the part; rows of the same id are added up
 *   source    of splits by side: whose numbers these are
 *   currency  of its money; may be left out
 *   …         the sums that measures name, money in micros */
#pragma once
#include "model/source.h"
#include "render/number.h"
#include "store/store.h"

typedef struct {
    const char *column; /* NULL: there is none */
    const char *title;  /* of one side of a ratio of two sources */
    Unit unit;
    Source source;
} Measure;

typedef enum {
    SPLIT_SEGMENTS, /* parts of the same kind: channels, campaigns */
    SPLIT_SIDES,    /* parts of the numerator beside parts of the denominator */
    SPLIT_TERMS,    /* of a user's formula: its metrics, each on one side or on both */
    SPLIT_FACTORS,  /* what the number is the product of */
} SplitKind;

typedef struct {
    const char *by;    /* in the query, in answers: "landing_page" */
    const char *title; /* "landing pages" */
    SplitKind kind;
    const Sql *sql;   /* NULL: of a user's own widget, see own.h */
    const char *part; /* the column that tells parts apart; NULL: id */
} Split;

typedef struct {
    const char *key, *title;
    Unit unit;
    const char *num, *den; /* den NULL: a plain sum */
    gboolean divides;      /* the number is divided by it */
} FactorOf;

typedef struct {
    const char *key;    /* of the widget */
    const char *metric; /* the field of it that this is about; NULL: its headline */
    Unit unit;          /* of a metric; the headline's is the widget's */
    Measure num, den;
    const Sql *whole;    /* its rows add up to the widget's number; NULL: the parts themselves do */
    const Split *splits; /* the one that is best where nothing is asked for comes first; ends with by NULL */
    const FactorOf *factors; /* ends with key NULL */
    const char *why_not;     /* of a widget without splits: a sentence for people */
} Subject;

/* metric NULL: the headline. NULL for what nobody has thought about. */
const Subject *subject_find (const char *key, const char *metric);
/* The next one of the same widget, for another metric; after NULL: the headline. NULL at the end. */
const Subject *subject_next (const char *key, const Subject *after);
/* NULL if it can't be split so. */
const Split *subject_split (const Subject *subject, const char *by);
gboolean subject_has_money (const Subject *subject);
/* "channel, landing_page or account"; the caller frees it. */
char *subject_choices (const Subject *subject);
