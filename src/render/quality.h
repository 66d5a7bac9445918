/* quality.h -- what a reader must know to trust an answer: how fresh it is, how
 * far it reaches, what is missing, and how its total was made.
 *
 * Lives on the stack of whoever draws one answer; owns its list and texts. */
#pragma once
#include "base/json.h"

typedef struct {
    gint64 as_of;         /* the last successful sync; INSTANT_NONE if there was none */
    Day complete_through; /* every account has all days up to here; DAY_NONE if unknown */
    Day provisional_from; /* days from here on may still change; DAY_NONE if none will */
    GArray *missing_days; /* of Day, ascending */
    const char *basis;    /* how stats.value was made: "sum", "ratio", "unique", "sum_of_days"; or NULL */
    GString *notices;     /* ready JSON objects, a comma between them */
} Quality;

void quality_init (Quality *quality);
void quality_clear (Quality *quality);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Quality, quality_clear)

/* Add a notice: a stable code for programs and a sentence for people. The same
 * notice twice (of two accounts, of two runs) is said once. */
void quality_notice (Quality *quality, const char *code, const char *format, ...) G_GNUC_PRINTF (3, 4);
/* The value of "quality". */
void quality_write (const Quality *quality, Json *json);
