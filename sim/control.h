/* control.h -- /sim/…: what tests ask and set; no real platform has it. */
#pragma once
#include "state.h"

gboolean sim_control_is (const char *path);
/* FALSE: the path is not ours. */
gboolean sim_control_answer (SimState *state, const SimRequest *request, SimReply *reply);
/* The true numbers of a property's complete days from..to, counted from the visits without any
 * report code; and the people of that period, who are fewer than the sum of its days. */
/* What happened to the business, and which days a detector of unusual ones should find. */
void sim_truth_write_events (Json *json, const Property *property);
void sim_truth_write_unusual (Json *json, const Property *property, Day from, Day to,
                              gboolean (*is_unusual) (const Event *event, Day day));
void sim_truth_write (SimState *state, const Property *property, Day from, Day to, Json *json);
