/* reading.h -- the connections of a job are read, so many at once.
 *
 * The runner reads, and so do helpers that live as long as this takes, each with a store and a fetcher of its
 * own; whoever is done with one takes the next. What bounds them is the platforms' time to answer, not ours.
 * Where one cannot go on (the lease has ended, the database is away), the others end at their next window. */
#pragma once
#include "jobs/ending.h"

/* What became of each target is added to the tally in their order. FALSE: what went wrong first. */
gboolean reading_do (Run *run, GArray *targets, Tally *tally, GError **error);
