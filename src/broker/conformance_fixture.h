// What the claims of the conformance suite (broker/conformance.h) stand on: a backend in a world of its own, and short
// words for the calls.
//
// Everything runs on ManualLoops and a FakeClock; a world whose backend has threads of its own is turned until a
// deadline.
#pragma once
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "broker/broker.h"
#include "core/manual_loop.h"

namespace propylon::broker {

// A backend and what it stands on. reopen() closes and opens it again where it survives a restart.
class World {
 public:
  virtual ~World() = default;
  virtual Broker& broker() = 0;
  virtual void reopen() {}

  FakeClock clock;
  ManualLoop loop{clock, 0};
  ManualLoop other_loop{clock, 1};

  // Turns the loops until `done` or ten seconds of real time have passed.
  bool turn_until(const std::function<bool()>& done) {
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!done()) {
      if (std::chrono::steady_clock::now() > give_up) return false;
      if (!loop.turn() && !other_loop.turn()) std::this_thread::yield();
    }
    return true;
  }
  // Runs a task to its end on the loops.
  template <class T>
  T run(Task<T> task) {
    std::optional<T> out;
    spawn([](Task<T> inner, std::optional<T>& to) -> Task<void> { to.emplace(co_await std::move(inner)); }(
                                                      std::move(task), out));
    EXPECT_TRUE(turn_until([&] { return out.has_value(); })) << "the call did not finish";
    return std::move(*out);
  }
};

using MakeWorld = std::unique_ptr<World> (*)();

class BrokerConformance : public testing::TestWithParam<MakeWorld> {
 protected:
  BrokerConformance() : world_(GetParam()()) {}

  Result<Appended> produce(std::vector<std::string> payloads, const std::string& station = "orders",
                           IfMissing if_missing = IfMissing::kCreate, const std::string& headers = {}) {
    std::vector<ByteView> views(payloads.begin(), payloads.end());
    AppendRequest request{{kDefaultAccount, station}, if_missing, headers, views};
    return world_->run(world_->broker().append(world_->loop, request));
  }
  // `group` is viewed by the request.
  FetchRequest fetch_request(std::string_view group, std::uint32_t max = 10) const {
    FetchRequest request;
    request.station = {kDefaultAccount, "orders"};
    request.if_missing = IfMissing::kCreate;
    request.group = group;
    request.consumer = "c";
    request.max_messages = max;
    request.deadline = world_->clock.steady();
    return request;
  }
  Result<std::unique_ptr<Fetched>> fetch(const FetchRequest& request) {
    return world_->run(world_->broker().fetch(world_->loop, request, cancel_));
  }
  std::unique_ptr<Fetched> fetch(std::string_view group, std::uint32_t max = 10) {
    auto fetched = fetch(fetch_request(group, max));
    EXPECT_TRUE(fetched.has_value());
    return fetched ? std::move(*fetched) : nullptr;
  }
  void settle(Fetched& fetched, Settlement settlement) {
    EXPECT_TRUE(world_->run(world_->broker().settle(world_->loop, fetched, settlement)).has_value());
  }
  static std::vector<std::string> payloads(const Fetched& fetched) {
    std::vector<std::string> all;
    for (const auto& message : fetched.messages()) all.emplace_back(message.payload);
    return all;
  }
  // Starts a fetch without waiting for it.
  struct Running {
    std::optional<Result<std::unique_ptr<Fetched>>> result;
    Cancellation cancel;
  };
  std::unique_ptr<Running> start(FetchRequest request, Loop& loop) {
    auto running = std::make_unique<Running>();
    spawn([](Broker& broker, Loop& on, FetchRequest what, Running& to) -> Task<void> {
      to.result.emplace(co_await broker.fetch(on, what, to.cancel));
    }(world_->broker(), loop, request, *running));
    for (int i = 0; i < 100; ++i) world_->loop.turn(), world_->other_loop.turn();
    return running;
  }
  bool finished(const Running& running) {
    return world_->turn_until([&] { return running.result.has_value(); });
  }

  // Of orders, in account 1.
  static StationRef ref(std::string_view station = "orders") { return {kDefaultAccount, station}; }
  Result<StationPut> put(const SettingsChange& change, std::string_view station = "orders",
                         const Precondition& precondition = {}, IfMissing if_missing = IfMissing::kCreate) {
    return world_->run(world_->broker().put_station(world_->loop, ref(station), change, precondition, if_missing));
  }
  Result<StationPut> keep(RetentionType type, std::uint64_t value) {
    SettingsChange change;
    change.retention = Retention{type, value};
    return put(change);
  }
  Result<StationInfo> find_station(std::string_view station = "orders") {
    return world_->run(world_->broker().station(world_->loop, ref(station)));
  }
  // Of a station that must be there.
  StationInfo info(std::string_view station = "orders") {
    auto found = find_station(station);
    EXPECT_TRUE(found.has_value()) << found.error().message;
    return found ? *std::move(found) : StationInfo{};
  }
  // What a produce on that loop is told; a copy.
  ProduceRules rules(Loop& loop, std::string_view station = "orders") {
    return world_->broker().produce_rules(loop, ref(station));
  }
  ProduceRules rules() { return rules(world_->loop); }
  Result<StationInfo> purge(std::optional<Sequence> before = {}) {
    return world_->run(world_->broker().purge(world_->loop, ref(), before));
  }
  Result<void> remove(std::string_view station = "orders", const Precondition& precondition = {}) {
    return world_->run(world_->broker().remove_station(world_->loop, ref(station), precondition));
  }
  Result<Page<GroupInfo>> list_groups(const PageRequest& page = {}) {
    return world_->run(world_->broker().groups(world_->loop, ref(), page));
  }
  // Of a group that must be there.
  GroupInfo group_info(std::string_view name) {
    auto page = list_groups();
    EXPECT_TRUE(page.has_value()) << page.error().message;
    for (auto& group : page ? page->items : std::vector<GroupInfo>{}) {
      if (group.name == name) return std::move(group);
    }
    ADD_FAILURE() << "there is no group " << name;
    return {};
  }
  Result<void> remove_group(std::string_view name) {
    return world_->run(world_->broker().remove_group(world_->loop, ref(), name));
  }
  Result<GroupInfo> seek(std::string_view group, const SeekTarget& target) {
    return world_->run(world_->broker().seek_group(world_->loop, ref(), group, target));
  }
  // Fetches so many messages that must be there and acknowledges them.
  void acknowledge(std::string_view group, std::uint32_t count) {
    const auto fetched = fetch(group, count);
    ASSERT_EQ(fetched->messages().size(), count);
    settle(*fetched, Settlement::kAcknowledge);
  }
  // What a new group gets: everything that can be read. Forgets the group again.
  std::vector<std::string> readable() {
    std::vector<std::string> all;
    const auto fetched = fetch("reader-of-all", 1000);
    all = payloads(*fetched);
    EXPECT_TRUE(remove_group("reader-of-all").has_value());
    return all;
  }

  std::unique_ptr<World> world_;
  Cancellation cancel_;
};

// The code with which a call failed; empty when it did not.
template <class T>
std::optional<ErrorCode> code_of(const Result<T>& result) {
  return result ? std::nullopt : std::optional(result.error().code);
}

using Strings = std::vector<std::string>;

}  // namespace propylon::broker
