// What the tests of the log share: an environment, a replay that remembers, and a model to compare with.
#pragma once
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/fake_clock.h"
#include "log/log.h"

namespace propylon::log {

inline constexpr StoreUuid kTestStore{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
inline const std::string kTestDirectory = "/store";

// A record as a test remembers it.
struct Remembered {
  RecordKind kind = RecordKind::kMessage;
  std::uint64_t station = 0;
  std::uint64_t first = 0;
  std::string headers;
  std::vector<std::string> payloads;  // of other kinds: the body alone
  friend bool operator==(const Remembered&, const Remembered&) = default;
};

inline Remembered remember(const RecordView& record) {
  Remembered kept{.kind = record.kind(),
                  .station = record.station().value,
                  .first = record.first().value,
                  .headers = std::string(record.headers()),
                  .payloads = {}};
  if (record.kind() != RecordKind::kMessage) {
    kept.payloads.emplace_back(record.body());
    return kept;
  }
  auto payloads = record.payloads();
  while (const auto payload = payloads.next()) kept.payloads.emplace_back(*payload);
  return kept;
}

class RememberingReplay final : public Replay {
 public:
  Result<void> checkpoint(ByteView given) override {
    blob = std::string(given);
    return {};
  }
  Result<void> segment_table(std::uint64_t segment, std::span<const StationShare> stations) override {
    tables[segment].assign(stations.begin(), stations.end());
    return {};
  }
  Result<void> record(const RecordView& record, Position at) override {
    if (record.kind() == RecordKind::kGap) {
      gap += record.first().value;
      return {};
    }
    records.emplace_back(at, remember(record));
    return {};
  }

  StationId newest_station() const override { return {newest}; }

  std::uint64_t newest = 1000;
  std::string blob;
  std::map<std::uint64_t, std::vector<StationShare>> tables;
  std::vector<std::pair<Position, Remembered>> records;
  std::uint64_t gap = 0;
};

class NullSink final : public LogSink {
 public:
  void write(std::string_view) override {}
};

// One log after another over the same files.
class LogFixture {
 public:
  explicit LogFixture(FileLayer& files, std::string directory = kTestDirectory)
      : files_(files), directory_(std::move(directory)) {
    options.segment_bytes = 8 * kKiB;
    options.boot_id = "boot-1";
  }

  Result<void> open() {
    log.reset();
    replay = {};
    registry = std::make_unique<metrics::Registry>();
    auto opened = Log::open({files_, clock, logger_, *registry}, directory_, store, options, replay);
    if (!opened) return std::unexpected(opened.error());
    log = *std::move(opened);
    return {};
  }

  // One group of the given records, as a loop's turn would write it.
  Result<Written> write(const std::vector<Remembered>& records) {
    GroupBuffer group;
    for (const auto& record : records) add(group, record);
    const std::lock_guard lock(log->commit_mutex());
    for (std::size_t i = 0; i < records.size(); ++i) group.stamp(i, {records[i].first}, log->stamp_time());
    auto written = log->write(group);
    offsets.clear();
    for (std::size_t i = 0; i < records.size(); ++i) offsets.push_back(group.offset(i));
    return written;
  }

  // The record at a position that write or replay gave; kConflict when its segment is gone.
  Result<RecordRead> read(Position at, std::uint32_t record_bytes, std::string& buffer, ReadMode mode) const {
    const auto pin = log->pin(at.segment);
    if (!pin) return fail(ErrorCode::kConflict, "The segment is gone.");
    return log->read(pin, at.offset, record_bytes, buffer, mode);
  }

  // Until nothing is left to do.
  Result<void> maintain() {
    while (PPL_TRY(log->maintain())) {
    }
    return {};
  }

  static void add(GroupBuffer& group, const Remembered& record) {
    if (record.kind != RecordKind::kMessage) {
      group.add(record.kind, {record.station}, record.payloads.at(0));
      return;
    }
    const std::vector<ByteView> payloads(record.payloads.begin(), record.payloads.end());
    group.add_message({record.station}, record.headers, payloads);
  }

  static Remembered message(std::uint64_t station, std::uint64_t first, std::vector<std::string> payloads,
                            std::string headers = {}) {
    return {.station = station, .first = first, .headers = std::move(headers), .payloads = std::move(payloads)};
  }

  FakeClock clock;
  Options options;
  StoreUuid store = kTestStore;
  RememberingReplay replay;
  std::unique_ptr<metrics::Registry> registry;
  std::unique_ptr<Log> log;
  std::vector<std::uint32_t> offsets;  // of the records of the last group

 private:
  NullSink sink_;
  FileLayer& files_;
  const std::string directory_;
  const Logger logger_{sink_, clock, LogLevel::kError, LogFormat::kText};
};

}  // namespace propylon::log
