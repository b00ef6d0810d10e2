// PostgreSQL's C library, found by pkg-config's include path, and what Swift cannot see of it because it is a macro.
#ifndef CPOSTGRESQL_SHIM_H
#define CPOSTGRESQL_SHIM_H

#include <libpq-fe.h>

static inline const char *postgresql_error_code(const PGresult *result) { return PQresultErrorField(result, 'C'); }
static inline const char *postgresql_error_message(const PGresult *result) { return PQresultErrorField(result, 'M'); }
static inline const char *postgresql_error_constraint(const PGresult *result) { return PQresultErrorField(result, 'n'); }

#endif
