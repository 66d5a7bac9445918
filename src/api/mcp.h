/* mcp.h -- the tools of POST /mcp: routes that an assistant may ask.
 *
 * A tool is a row that names a route. Its arguments are the route's own
 * parameters, so that their check, the answer, its cache and the user's limits
 * are the route's, and an assistant reads what everybody reads. */
#pragma once
#include "api/call.h"

typedef struct McpTool McpTool;

const McpTool *mcp_tool_find (const char *name); /* NULL if unknown */
/* An array of all of them, as tools/list shows them. */
void mcp_tools_write (Json *json);

/* Ask a tool. inside is the caller's, with its answer set; segments and query are filled in, and the caller
 * lets them go by mcp_inside_clear once the answer is there. Else FALSE, and there will be none. */
gboolean
mcp_tool_call (const McpTool *tool, const Call *call, json_t *arguments, Inside *inside, GError **error);
void mcp_inside_clear (Inside *inside);
