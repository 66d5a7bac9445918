/* chat.h -- a chat-completions endpoint with a model that words Daymark's facts, truly or not.
 *
 * The switch "chat" is what goes wrong with the answer as such, "chat_words" what the model says in it
 * (chat_words.h), and "chat_json", "chat_cap", "chat_store" what the endpoint knows of the protocol. */
#pragma once
#include "state.h"

#define CHAT_PATH "/v1/chat/completions"

/* Is the path ours? Then reply is filled in. */
gboolean chat_answer (SimState *state, const SimRequest *request, SimReply *reply);
