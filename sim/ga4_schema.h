/* ga4_schema.h -- the messages of the Data API that the simulator understands.
 *
 * Left out, and so refused as unknown: cohortSpec, comparisons, and expressions
 * of dimensions and metrics. */
#pragma once
#include "proto.h"

extern const ProtoMessage ga4_run_report, ga4_batch_run_reports, ga4_check_compatibility;
