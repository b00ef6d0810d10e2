// SQLite's C API, and what Swift cannot see of it because it is a macro with a cast.
#ifndef CSQLITE_SHIM_H
#define CSQLITE_SHIM_H

#include <sqlite3.h>

/// SQLITE_TRANSIENT: SQLite makes its own copy of a bound value.
static inline sqlite3_destructor_type sqlite_transient(void) { return SQLITE_TRANSIENT; }

#endif
