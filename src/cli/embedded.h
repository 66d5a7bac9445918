/* embedded.h -- the files of the page, as the build has put them into the program. */
#pragma once
#include "api/api.h"

/* One row a file; the caller frees the table, the bytes are the program's. */
ApiAsset *embedded_page (void);
guint embedded_count (void);
