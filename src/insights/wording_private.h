/* wording_private.h -- what the files of the wording share: what each fact is about, the
 * vocabulary, and a sentence taken apart. */
#pragma once
#include "insights/wording.h"

/* ---- what facts are about (wording_sense.c) ---- */

/* Things that are counted or reckoned: words for them stand only with facts of them. */
typedef enum {
    THING_SESSIONS = 1 << 0,
    THING_SPEND = 1 << 1,
    THING_CONVERSIONS = 1 << 2,
    THING_PURCHASES = 1 << 3,
    THING_REVENUE = 1 << 4,
    THING_ROAS = 1 << 5,
    THING_COST_PURCHASE = 1 << 6,
    THING_COST_CONVERSION = 1 << 7,
    THING_COST_CLICK = 1 << 8,
    THING_COST_MILLE = 1 << 9,
    THING_CTR = 1 << 10,
    THING_CONVERSION_RATE = 1 << 11,
    THING_ENGAGEMENT = 1 << 12,
    THING_REACH = 1 << 13,
    THING_INTERACTIONS = 1 << 14,
    THING_SHARE = 1 << 15,
    THING_CORRELATION = 1 << 16,
    THING_DAYS = 1 << 17,
    THING_MEDIAN = 1 << 18,
} Thing;

/* What one of something costs; and that, or all of it. */
#define THINGS_PRICE (THING_COST_PURCHASE | THING_COST_CONVERSION | THING_COST_CLICK | THING_COST_MILLE)
#define THINGS_COST  (THING_SPEND | THINGS_PRICE)
/* Shares themselves, so that a change of them in percent could be taken for one. */
#define THINGS_RATE  (THING_CTR | THING_CONVERSION_RATE | THING_ENGAGEMENT)

/* What the entity of a fact is. */
typedef enum {
    KIND_NONE = 0,
    KIND_CHANNEL = 1 << 0,
    KIND_CAMPAIGN = 1 << 1,
    KIND_PAGE = 1 << 2,
    KIND_POST = 1 << 3,
    KIND_POST_TYPE = 1 << 4,
    KIND_WEEKDAY = 1 << 5,
} Kind;

/* A figure that is not simply that of the period says so: "{F9.value} before". */
typedef enum { MARK_NONE, MARK_BEFORE, MARK_USUAL } Mark;

typedef struct {
    const char *metric, *what;
    guint things;
    Kind kind;
    int good;          /* which way is good: 1 up, -1 down, 0 neither by itself */
    Kind about;        /* of all of which it speaks, without an entity */
    gboolean ranked;   /* the first in the widget's answer has most of it */
    gboolean complete; /* there are facts of the first and the last of them */
    gboolean drives;   /* it is a part of a change */
    gboolean quiet;    /* left to the rules */
} Subject;

typedef struct {
    const char *suffix, *before, *after; /* words around those of the subject */
    guint things;                        /* besides those of the subject */
    Mark mark;
    gboolean dated; /* of days of its own, which must be told with it */
    gboolean quiet;
} Aspect;

/* What a fact's metric means: a subject, seen in some way. */
typedef struct {
    const Subject *subject;
    const Aspect *aspect; /* never NULL */
} Sense;

/* FALSE: no line of the tables knows this metric. */
gboolean sense_find (const char *metric, Sense *sense);
gboolean sense_is_quiet (const Sense *sense);
guint sense_things (const Sense *sense);

/* ---- facts that are told ---- */

typedef struct {
    Fact *fact;
    Sense sense;
    guint entity; /* the index of the first fact told with the same name of the same kind */
    Source needs; /* what its widget is made of */
    guint groups; /* bits: in which it may be told */
} Told;

/* A closing sentence of the rules, which the model may choose but not write. */
typedef struct {
    char id[12]; /* "A1" */
    char *text;
    const Bullet *rule;
} Step;

struct Wording {
    const GPtrArray *facts, *bullets;
    Source connected;
    GArray *told;  /* of Told */
    GArray *steps; /* of Step */
    GString *question;
};

const Told *wording_told (const Wording *wording, const char *id, gsize length); /* NULL: unknown */
static inline const Told *
told_at (const Wording *wording, guint i)
{
    return &g_array_index (wording->told, Told, i);
}
static inline gboolean
told_has_name (const Told *told)
{
    return told->fact->entity != NULL;
}
/* N_GROUPS: there is none of that name. */
Group wording_group_find (const char *name);

/* The user message (wording_question.c). */
GString *wording_ask (const Wording *wording);

/* ---- the vocabulary (wording_words.c) ---- */

typedef enum {
    WORD_PLAIN,   /* says nothing by itself */
    WORD_BRINGS,  /* says who made it: brought, generated */
    WORD_REACHED, /* the same of reach; of others it is plain */
    WORD_BREAK,   /* begins another clause: and, while */
    WORD_LEAD,    /* the same, and what follows is what is compared with: than, against */
    WORD_UP,
    WORD_DOWN,
    WORD_LEVEL,
    WORD_MOVE, /* of either direction: changed by */
    WORD_BETTER,
    WORD_WORSE,
    WORD_CHEAPER,
    WORD_DEARER,
    WORD_SLIGHTLY,
    WORD_SHARPLY,
    WORD_MOST, /* the largest */
    WORD_LEAST,
    WORD_BEST,
    WORD_WORST,
    WORD_CHEAPEST,
    WORD_DEAREST,
    WORD_ABOVE, /* compares two figures or names by itself: exceeded */
    WORD_BELOW,
    WORD_BEFORE, /* the time compared with */
    WORD_USUAL,
    WORD_UNUSUAL,
    WORD_DRIVES,
    WORD_TOGETHER, /* two series, day by day */
    WORD_APART,
    WORD_THING,  /* detail: things */
    WORD_KIND,   /* detail: kinds */
    WORD_SOURCE, /* detail: a source */
    WORD_WHOLE,  /* of all parts together */
    WORD_IT,     /* what was spoken of */
    WORD_FROM,
    WORD_TO,
    WORD_OVER, /* before a figure it would change it: over, above */
} WordClass;

typedef struct {
    WordClass class;
    guint detail;
} Word;

/* The longest known phrase at the start of text, which is in small letters; NULL: not a known word. Its
 * length goes to *length. */
const Word *word_find (const char *text, gsize *length);

/* ---- a text taken apart (wording_text.c) ---- */

typedef enum { SLOT_VALUE, SLOT_NAME, SLOT_CHANGE, SLOT_ROSE, SLOT_WINDOW, SLOT_BEFORE } Slot;

typedef enum { TOKEN_WORD, TOKEN_SLOT, TOKEN_PAUSE, TOKEN_STOP } TokenKind;

typedef struct {
    TokenKind kind;
    const char *start; /* in the text */
    gsize length;
    Word word;        /* of words */
    Slot slot;        /* of slots */
    const Told *told; /* of slots */
    guint clause, sentence;
} Token;

/* An array of Token; NULL: it holds what no sentence may hold, and *why says what. */
GArray *text_parse (const Wording *wording, const char *text, const char **why);

/* NULL, or why the text is not believed. cited: of Told, what it rests on; what it turns out to rest on
 * besides is added (wording_check.c). */
const char *text_check (const Wording *wording, const GArray *tokens, GPtrArray *cited);

/* The text with its slots filled (wording_fill.c). */
GString *text_fill (const char *text, const GArray *tokens);
