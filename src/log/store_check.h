// Reads a whole log that nobody has open and says what is in it and what is wrong with it. Changes nothing.
//
// Stricter than opening: every byte of every segment, index and checkpoint is looked at, also where opening trusts an
// index. What opening would do is not guessed, see log/store_foresight.h.
#pragma once
#include <functional>

#include "log/file_layer.h"
#include "log/options.h"
#include "log/store_report.h"

namespace propylon::log {

struct StoreCheck {
  FileLayer& files;
  std::string directory;                         // the log's own
  std::optional<StoreUuid> store;                // that the catalog names; nothing: it cannot be read
  std::optional<std::uint64_t> highest_station;  // that the catalog ever gave out
  Options options;                               // as the log would be opened with
};

// Called now and then while bytes are read; `total` is known from the start.
using CheckProgress = std::function<void(std::uint64_t bytes, std::uint64_t total)>;

// Memory: the largest checkpoint, the index of one segment, and what scanning takes (log/group_scanner.h).
// Errors: kIo: a file or the directory cannot be read. Damage is no error: it is in the report.
Result<StoreReport> check_store(const StoreCheck& check, const CheckProgress& progress);

}  // namespace propylon::log
