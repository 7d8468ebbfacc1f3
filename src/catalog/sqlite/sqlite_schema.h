// Opens the catalog's file and brings its tables to the version that this program knows.
#pragma once
#include <filesystem>
#include <string>

#include "catalog/sqlite/sqlite_handle.h"
#include "core/result.h"

namespace propylon::catalog {

// Version of the tables, in SQLite's user_version. 0 is an empty file.
inline constexpr int kSchemaVersion = 1;

// See open_sqlite_catalog().
Result<DatabaseHandle> open_database(const std::filesystem::path& file);

}  // namespace propylon::catalog
