/* deadline.h -- a Fetcher whose requests all end by one moment.
 *
 * For work that somebody waits for: each request gets what is left of the time,
 * and once it is used up they fail with FAULT_TIMEOUT. Belongs to one thread,
 * like the Fetcher it puts in front. */
#pragma once
#include "fetch/fetch.h"

/* Takes over inner. The time runs from now. */
Fetcher *fetcher_new_deadline (Fetcher *inner, int ms);
