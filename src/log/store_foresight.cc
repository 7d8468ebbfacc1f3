#include "log/store_foresight.h"

#include <algorithm>
#include <set>

#include "core/clock.h"
#include "core/logger.h"
#include "log/inventory.h"
#include "log/recovery.h"

namespace propylon::log {
namespace {

class NoSink final : public LogSink {
 public:
  void write(std::string_view) override {}
};

// Remembers which segments opening does not read.
class TablesReplay final : public Replay {
 public:
  Result<void> checkpoint(ByteView) override { return {}; }
  Result<void> segment_table(std::uint64_t segment, std::span<const StationShare>) override {
    unread.insert(segment);
    return {};
  }
  Result<void> record(const RecordView&, Position) override { return {}; }
  StationId newest_station() const override { return {}; }

  std::set<std::uint64_t> unread;
};

// Opening's own judgement instead of what the walk could know.
void decide(Finding& finding, const Assessment* opens, const std::set<std::uint64_t>& unread) {
  const FileName file = parse_file_name(finding.file);
  if (file.sort != FileSort::kSegment || !finding.damage || finding.on_open == OnOpen::kRefuse) return;
  const Position at{.segment = file.number, .offset = static_cast<std::uint32_t>(finding.offset)};
  if (opens != nullptr && opens->summary.tail_damaged && at >= opens->end) {
    finding.on_open = OnOpen::kCut;
    finding.damage = false;
  } else if (opens == nullptr && finding.on_open == OnOpen::kMiss && !unread.contains(file.number)) {
    finding.on_open = OnOpen::kRefuse;
  }
}

}  // namespace

Result<void> foresee_opening(const Place& place, const Options& options, StoreReport& report) {
  NoSink sink;
  const SystemClock clock;
  const Logger logger(sink, clock, LogLevel::kError, LogFormat::kText);
  TablesReplay replay;
  const auto opens = assess(place, options, logger, replay);
  if (!opens && opens.error().code != ErrorCode::kDamaged) return std::unexpected(opens.error());
  for (auto& finding : report.findings) decide(finding, opens ? &*opens : nullptr, replay.unread);
  const auto refusing = std::ranges::find(report.findings, OnOpen::kRefuse, &Finding::on_open);
  if (!opens) {
    report.refusal = opens.error().message;
    // Every rule of opening has its counterpart here; should one lack, its word counts all the same.
    if (refusing == report.findings.end()) {
      report.findings.push_back({.file = {}, .what = report.refusal, .on_open = OnOpen::kRefuse});
    }
  } else if (refusing != report.findings.end()) {  // by the catalog
    report.refusal = refusing->what;
  } else {
    report.opening = opens->summary;
  }
  return {};
}

}  // namespace propylon::log
