// Several loops on threads of their own, real files, the background thread at work: what the thread sanitizer looks at.
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <map>
#include <thread>

#include "broker/embedded/embedded_broker.h"
#include "catalog/memory_catalog.h"
#include "core/manual_loop.h"
#include "core/temporary_directory.h"
#include "log/posix_file_layer.h"

namespace propylon::broker::embedded {
namespace {

struct SilentSink final : LogSink {
  void write(std::string_view) override {}
};

constexpr int kProducers = 4;
constexpr int kMessagesEach = 400;

Task<void> produce_all(Broker& broker, Loop& loop, int producer, std::atomic<int>& running) {
  for (int i = 0; i < kMessagesEach; ++i) {
    const std::string payload = std::to_string(producer) + ":" + std::to_string(i) + std::string(200, '.');
    const ByteView view = payload;
    AppendRequest request{{kDefaultAccount, "orders"}, IfMissing::kCreate, {}, {&view, 1}};
    auto appended = co_await broker.append(loop, request);
    EXPECT_TRUE(appended.has_value()) << appended.error().message;
  }
  --running;
}

// What each consumer got, in its order: only its own loop's thread writes here.
struct Received {
  std::vector<std::string> payloads;
};

Task<void> consume_all(Broker& broker, Loop& loop, std::atomic<int>& left, Received& received,
                       std::atomic<int>& running) {
  Cancellation cancel;
  while (left.load() > 0) {
    FetchRequest request;
    request.station = {kDefaultAccount, "orders"};
    request.if_missing = IfMissing::kCreate;
    request.group = "g";
    request.consumer = "c";
    request.max_messages = 7;
    request.deadline = loop.now() + std::chrono::milliseconds(20);
    auto fetched = co_await broker.fetch(loop, request, cancel);
    EXPECT_TRUE(fetched.has_value()) << fetched.error().message;
    if (!fetched) break;
    for (const auto& message : (*fetched)->messages())
      received.payloads.emplace_back(message.payload.substr(0, message.payload.find('.')));
    left -= static_cast<int>((*fetched)->messages().size());
    auto settled = co_await broker.settle(loop, **fetched, Settlement::kAcknowledge);
    EXPECT_TRUE(settled.has_value());
  }
  --running;
}

TEST(EmbeddedBrokerThreads, LoopsThatProduceAndConsumeTogetherLoseAndRepeatNothing) {
  const TemporaryDirectory directory;
  SystemClock clock;
  FakeClock fake;  // for the loops' timers: turned by their threads
  SilentSink sink;
  Logger logger(sink, clock, LogLevel::kError, LogFormat::kText);
  metrics::Registry registry;
  catalog::MemoryCatalog catalog;
  log::PosixFileLayer files;
  Options options;
  options.checkpoint_bytes = 64 * kKiB;
  log::Options log_options;
  log_options.segment_bytes = 128 * kKiB;
  log_options.boot_id = "boot";
  ManualLoop first(fake, 0);
  ManualLoop second(fake, 1);
  Loop* const loops[] = {&first, &second};
  auto opened = EmbeddedBroker::open(options, log_options, directory.path().string() + "/log", loops,
                                     {{files, clock, logger, registry}, catalog}, Background::kThread);
  ASSERT_TRUE(opened.has_value()) << opened.error().message;
  EmbeddedBroker& broker = **opened;

  std::atomic<int> left{kProducers * kMessagesEach};
  std::atomic<int> running{kProducers + 4};
  Received received[4];
  const auto work = [&](ManualLoop& loop, int index) {
    for (int i = 0; i < kProducers / 2; ++i) spawn(produce_all(broker, loop, index * 2 + i, running));
    for (int i = 0; i < 2; ++i) spawn(consume_all(broker, loop, left, received[index * 2 + i], running));
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (running.load() > 0 && std::chrono::steady_clock::now() < give_up) {
      if (index == 0) fake.advance(std::chrono::microseconds(200));
      loop.turn();
    }
  };
  {
    std::jthread one(work, std::ref(first), 0);
    std::jthread two(work, std::ref(second), 1);
  }
  ASSERT_EQ(running.load(), 0);

  std::map<std::string, int> seen;
  for (const auto& each : received) {
    std::map<char, int> last;  // per producer the messages of one consumer come in order
    for (const auto& payload : each.payloads) {
      ++seen[payload];
      const int number = std::stoi(payload.substr(2));
      const auto before = last.find(payload[0]);
      EXPECT_TRUE(before == last.end() || before->second < number) << payload;
      last[payload[0]] = number;
    }
  }
  EXPECT_EQ(seen.size(), static_cast<std::size_t>(kProducers * kMessagesEach));
  for (const auto& [payload, times] : seen) EXPECT_EQ(times, 1) << payload;
  EXPECT_TRUE(broker.close().has_value());
}

}  // namespace
}  // namespace propylon::broker::embedded
