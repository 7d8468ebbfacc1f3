// A log that was damaged in any way opens with a prefix of what was written, or is refused; never anything else.
//
// The input drives: it writes groups, syncs, checkpoints and rolls, then damages bytes of any file, then opens.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "core/fake_clock.h"
#include "log/log.h"
#include "log/memory_file_layer.h"

namespace {

using namespace propylon;
using namespace propylon::log;

class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) : data_(data), left_(size) {}
  bool empty() const { return left_ == 0; }
  std::size_t number(std::size_t below) {
    std::size_t value = 0;
    for (int i = 0; i < 2 && left_ > 0; ++i, ++data_, --left_) value = value << 8 | *data_;
    return value % below;
  }

 private:
  const std::uint8_t* data_;
  std::size_t left_;
};

// Each record holds the number under which it was written; they have to come back in order, none left out.
class CountingReplay final : public Replay {
 public:
  Result<void> checkpoint(ByteView blob) override {
    if (blob != "blob") std::abort();
    return {};
  }
  Result<void> segment_table(std::uint64_t, std::span<const StationShare> stations) override {
    for (const auto& share : stations) check(share.first_sequence, share.messages);
    return {};
  }
  Result<void> record(const RecordView& record, Position) override {
    if (record.kind() == RecordKind::kMessage) check(record.first().value, 1);
    return {};
  }
  StationId newest_station() const override { return {}; }
  std::uint64_t seen() const { return next_ - 1; }

 private:
  void check(std::uint64_t first, std::uint64_t count) {
    if (first != next_) std::abort();
    next_ += count;
  }
  std::uint64_t next_ = 1;
};

class NoSink final : public LogSink {
  void write(std::string_view) override {}
};

struct Store {
  MemoryFileLayer files{CrashMemory::kNone};
  FakeClock clock;
  NoSink sink;
  Logger logger{sink, clock, LogLevel::kError, LogFormat::kText};
  std::uint64_t written = 0;

  Result<std::unique_ptr<Log>> open(Replay& replay, metrics::Registry& registry) {
    Options options;
    options.segment_bytes = 4 * kKiB;
    options.boot_id = "boot";
    return Log::open({files, clock, logger, registry}, "/log", StoreUuid{1}, options, replay);
  }

  void write(Log& log, std::size_t bytes) {
    const std::string payload(bytes, 'p');
    const ByteView payloads[] = {payload};
    GroupBuffer group;
    const auto index = group.add_message({1}, "", payloads);
    const std::lock_guard lock(log.commit_mutex());
    group.stamp(index, {++written}, log.stamp_time());
    if (!log.write(group)) std::abort();
  }
};

void work(Store& store, Log& log, Input& input) {
  for (std::size_t step = input.number(40); step > 0; --step) {
    switch (input.number(8)) {
      case 0:
        if (!log.sync()) std::abort();
        break;
      case 1:
        if (!log.write_checkpoint("blob", log.end(), log.end())) std::abort();
        break;
      case 2:
        if (!log.maintain()) std::abort();
        break;
      default: store.write(log, input.number(2000));
    }
  }
}

void damage(Store& store, Input& input) {
  const auto names = store.files.list("/log").value();
  while (!input.empty()) {
    const std::string path = "/log/" + names[input.number(names.size())];
    const auto file = store.files.open(path).value();
    const std::size_t size = std::max<std::size_t>(1, file->size().value());
    const std::size_t act = input.number(8);
    if (act == 0) {
      if (!file->truncate(input.number(size))) std::abort();
    } else {
      const std::string bytes(1 + input.number(4), static_cast<char>(input.number(256)));
      if (!file->write_at(bytes, input.number(size))) std::abort();
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 400) return 0;
  Input input(data, size);
  Store store;
  {
    CountingReplay nothing;
    metrics::Registry registry;
    const auto log = store.open(nothing, registry).value();
    work(store, *log, input);
  }
  damage(store, input);
  CountingReplay replay;
  metrics::Registry registry;
  const auto log = store.open(replay, registry);
  if (!log && log.error().code != ErrorCode::kDamaged) std::abort();
  if (replay.seen() > store.written) std::abort();
  if (!log) return 0;
  // What is left is a log like any other.
  store.written = replay.seen();
  store.write(**log, 10);
  CountingReplay again;
  metrics::Registry second;
  if (!store.open(again, second) || again.seen() != store.written) std::abort();
  return 0;
}
