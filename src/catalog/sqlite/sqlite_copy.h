// The catalog for who only looks: a check, while no server runs.
#pragma once
#include <filesystem>
#include <memory>

#include "catalog/catalog.h"

namespace propylon::catalog {

// Opens a private copy (0700, in the system's temporary directory, gone when this returns) of the file and of its
// write-ahead log. Nothing is made, changed or locked beside the original, and what a killed server left in the
// write-ahead log counts as it will at the next start; SQLite itself can read such a file only by writing next to it.
// No process may be using the original. What is changed through the result is lost.
// Errors: kIo (not there, not readable, no room for the copy); kDamaged as open_sqlite_catalog(), also an empty file.
Result<std::unique_ptr<Catalog>> open_sqlite_catalog_copy(const std::filesystem::path& file);

}  // namespace propylon::catalog
