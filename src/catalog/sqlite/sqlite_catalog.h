// The catalog in one SQLite file.
//
//   store(one row): uuid, revision (of the last change)
//   documents: id (AUTOINCREMENT, never used again), kind, account, name, revision, body; unique kind+account+name
//
// user_version is the version of these tables; a newer one than this program knows refuses to open. WAL with
// synchronous=FULL: what returned is on disk. The file is 0600, because password hashes stand in it.
#pragma once
#include <filesystem>
#include <memory>

#include "catalog/catalog.h"

namespace propylon::catalog {

// Opens the file, or makes it in a directory that exists, and looks it over (quick_check).
// Errors: kIo; kBusy when another process keeps it locked for 5 s; kDamaged when it is no catalog, fails the check, or
// is of a newer version. No document is changed then.
Result<std::unique_ptr<Catalog>> open_sqlite_catalog(const std::filesystem::path& file);

}  // namespace propylon::catalog
