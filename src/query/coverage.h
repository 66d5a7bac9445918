/* coverage.h -- what a user has connected, how far its days reach, and which
 * of them are missing: what every answer must tell besides its numbers.
 *
 * Reads the answers of a batch; text is borrowed from its rows, so a Coverage
 * must not outlive the batch. */
#pragma once
#include "model/source.h"
#include "query/batch.h"

typedef enum { ACCOUNT_CONNECTED, ACCOUNT_RECONNECT, ACCOUNT_ERROR, ACCOUNT_PAUSED } AccountStatus;

/* One connected property or account. */
typedef struct {
    Source source;
    const char *label;     /* its name, else its id */
    const char *time_zone; /* NULL if unknown */
    AccountStatus status;
    gint64 last_success;  /* INSTANT_NONE: never */
    Day complete_through; /* DAY_NONE: not known */
} Account;

typedef struct {
    Source source;
    const char *code, *text;
} SourceNotice;

typedef struct {
    Period period;
    GArray *accounts; /* of Account */
    GArray *notices;  /* of SourceNotice, about days of the period */
    const Batch *batch;
} Coverage;

/* Add the questions that coverage_read will read; sources: whose days are asked for. */
void coverage_add (Batch *batch, Source sources);
void coverage_read (Coverage *coverage, const Batch *batch, Period period);
void coverage_clear (Coverage *coverage);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Coverage, coverage_clear)

/* Sources with an account, in any state: its numbers are here also while it is paused. */
Source coverage_connected (const Coverage *coverage);
/* The last day that all accounts of these sources have. One that has brought nothing yet has no
 * day in any window, so it does not count; DAY_NONE if none has brought anything. */
Day coverage_through (const Coverage *coverage, Source sources);
/* Append the days of the period up to `through` for which not every account of
 * the source has a row. A stored zero is a row; a missing day is not a zero. */
void coverage_missing (const Coverage *coverage, Source source, Day through, GArray *days);
