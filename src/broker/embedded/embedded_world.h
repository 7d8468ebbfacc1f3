// For tests: the embedded broker on files in memory that can fail, stop and forget.
#pragma once
#include <memory>

#include "broker/conformance_fixture.h"
#include "broker/embedded/embedded_broker.h"
#include "catalog/memory_catalog.h"
#include "log/fault_file_layer.h"
#include "log/memory_file_layer.h"

namespace propylon::broker::embedded {

struct SilentSink final : LogSink {
  void write(std::string_view) override {}
};

// Segments are small, so that a test of a few thousand messages seals some. The background is the test's to run.
class EmbeddedWorld final : public World {
 public:
  explicit EmbeddedWorld(std::uint64_t segment_bytes = 256 * kKiB) {
    log_options.segment_bytes = segment_bytes;
    log_options.boot_id = "boot-1";
    const auto opened = open();
    EXPECT_TRUE(opened.has_value()) << opened.error().message;
  }
  ~EmbeddedWorld() override { broker_.reset(); }

  Broker& broker() override { return *broker_; }
  EmbeddedBroker& embedded() { return *broker_; }
  void reopen() override {
    broker_.reset();  // without close(): as after a kill
    const auto opened = open();
    ASSERT_TRUE(opened.has_value()) << opened.error().message;
  }
  // Power was lost: what was not synced is kept or not as `keeps` says, block by block.
  void reopen_after_power_cut(const std::function<bool()>& keeps) {
    broker_.reset();
    files.crash(keeps);
    log_options.boot_id += "+";
    const auto opened = open();
    ASSERT_TRUE(opened.has_value()) << opened.error().message;
  }
  // One that does not wait. `station` and `group` are viewed.
  FetchRequest fetch_request(StationRef station, std::string_view group, std::uint32_t max) const {
    FetchRequest request;
    request.station = station;
    request.group = group;
    request.consumer = "c";
    request.max_messages = max;
    request.deadline = clock.steady();
    return request;
  }
  Result<void> open() {
    registry = std::make_unique<metrics::Registry>();
    Loop* const loops[] = {&loop, &other_loop};
    broker_ = PPL_TRY(EmbeddedBroker::open(options, log_options, "/log", loops,
                                           {{faults, clock, logger, *registry}, *catalog}, Background::kByHand));
    return {};
  }
  void drop_broker() { broker_.reset(); }

  Options options;
  log::Options log_options;
  log::MemoryFileLayer files;
  log::FaultFileLayer faults{files};
  std::unique_ptr<catalog::MemoryCatalog> catalog = std::make_unique<catalog::MemoryCatalog>();
  SilentSink sink;
  Logger logger{sink, clock, LogLevel::kError, LogFormat::kText};
  std::unique_ptr<metrics::Registry> registry;

 private:
  std::unique_ptr<EmbeddedBroker> broker_;
};

}  // namespace propylon::broker::embedded
