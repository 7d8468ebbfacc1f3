#include "cli/log_check.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "catalog/sqlite/sqlite_copy.h"
#include "cli/checked_store.h"
#include "cli/progress_line.h"
#include "log/boot_id.h"
#include "log/directory_lock.h"
#include "log/posix_file_layer.h"
#include "log/store_check.h"
#include "log/store_uuid.h"

namespace propylon::cli {
namespace {

namespace fs = std::filesystem;

constexpr int kGood = 0;
constexpr int kDamageFound = 1;
constexpr int kNotChecked = 2;
constexpr const char* kCatalogName = "catalog.db";
constexpr const char* kLogName = "log";

bool is_there(const fs::path& path) {
  std::error_code ignored;  // what cannot be looked at is refused when it is opened
  return fs::exists(path, ignored);
}

Result<void> expect_data_directory(const fs::path& directory) {
  std::error_code error;
  if (!fs::is_directory(directory, error)) {
    return fail(ErrorCode::kIo, directory.string() + " is no directory that can be read.");
  }
  if (is_there(directory / kCatalogName) || is_there(directory / kLogName)) return {};
  std::string message = directory.string() + " is no data directory: neither catalog.db nor log/ is in it.";
  if (is_there(directory / "state")) message += " Give the directory above it.";
  return fail(ErrorCode::kIo, message);
}

// Names, the highest id and the store, as far as the catalog can be read.
Result<void> read_catalog(const fs::path& file, CheckedStore& checked) {
  const auto damaged = [&checked](std::string what) {
    checked.catalog_findings.push_back(
        {.file = kCatalogName, .what = std::move(what), .on_open = log::OnOpen::kRefuse});
  };
  if (!is_there(file)) {
    damaged("The catalog is missing.");
    return {};
  }
  auto catalog = catalog::open_sqlite_catalog_copy(file);
  if (!catalog && catalog.error().code != ErrorCode::kDamaged) return std::unexpected(catalog.error());
  if (!catalog) {
    damaged(catalog.error().message);
    return {};
  }
  checked.store = (*catalog)->store_uuid();
  checked.highest_station = PPL_TRY((*catalog)->highest_id());
  std::map<std::string, std::string> names_by_id;
  for (const auto& document : PPL_TRY((*catalog)->list(catalog::Kind::kStation))) {
    const std::string account = std::to_string(document.account.value) + "/";
    const std::string name = (document.account == kDefaultAccount ? "" : account) + document.name;
    names_by_id[std::to_string(document.id)] = checked.station_names[document.id] = name;
  }
  // One whose station was removed is removed by the next start: its letters are of a removed station too.
  for (const auto& document : PPL_TRY((*catalog)->list(catalog::Kind::kDeadLetters))) {
    checked.companions.insert(document.id);
    const auto station = names_by_id.find(document.name);
    if (station != names_by_id.end()) checked.station_names[document.id] = station->second + " (dead letters)";
  }
  return {};
}

Result<void> read_log(const fs::path& directory, CheckedStore& checked) {
  log::PosixFileLayer files(log::FileAccess::kReadOnly);
  log::StoreCheck check{.files = files,
                        .directory = directory.string(),
                        .store = log::parse_store_uuid(checked.store),
                        .highest_station = checked.highest_station,
                        .options = {}};
  check.options.boot_id = log::current_boot_id();
  const SystemClock clock;
  ProgressLine progress(clock, "checked");
  checked.log = PPL_TRY(log::check_store(check, [&progress](std::uint64_t bytes, std::uint64_t total) {
    if (const auto line = progress.at(bytes, total)) std::fputs(line->c_str(), stderr);
  }));
  if (checked.store.empty() && checked.log.store) checked.store = log::to_text(*checked.log.store);
  return {};
}

// A station is made after the log was, so stations without a log mean that it is gone.
void expect_log_of_stations(CheckedStore& checked) {
  const bool empty = checked.log.segments + checked.log.prepared + checked.log.checkpoints.size() == 0;
  if (!empty || !checked.log.findings.empty() || checked.station_names.empty()) return;
  checked.catalog_findings.push_back(
      {.file = kLogName,
       .what = "The log is missing, but the catalog has stations: all their messages are gone.",
       .on_open = log::OnOpen::kMiss});
}

Result<CheckedStore> check(const fs::path& directory) {
  PPL_CHECK(expect_data_directory(directory));
  const auto lock = PPL_TRY(log::DirectoryLock::acquire_for_reading(directory.string()));
  CheckedStore checked;
  PPL_CHECK(read_catalog(directory / kCatalogName, checked));
  if (is_there(directory / kLogName)) {
    PPL_CHECK(read_log(directory / kLogName, checked));
  } else {
    checked.log.opening.emplace();
  }
  expect_log_of_stations(checked);
  if (checked.log.opening && !checked.catalog_findings.empty() &&
      checked.catalog_findings.front().on_open == log::OnOpen::kRefuse) {
    checked.log.opening.reset();
    checked.log.refusal = checked.catalog_findings.front().what;
  }
  return checked;
}

}  // namespace

int check_log(const std::string& directory) {
  const auto checked = check(directory);
  if (!checked) {
    std::fprintf(stderr, "propylon: %s\n", checked.error().message.c_str());
    return kNotChecked;
  }
  std::fputs(describe(*checked).c_str(), stdout);
  return checked->damage() == 0 ? kGood : kDamageFound;
}

}  // namespace propylon::cli
