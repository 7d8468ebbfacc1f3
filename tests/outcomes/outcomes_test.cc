// What the code of a failed change says of what was written, against what is there after the next start: each change,
// with each n-th call of the file system failing in each way.
//
// The page for clients is docs/errors.md.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "api/error_catalogue.h"
#include "broker/embedded/embedded_world.h"

namespace propylon::testing {
namespace {

using namespace broker;
using log::FaultKind;

constexpr std::size_t kSmallFill = 2'000;

enum class There { kNothing, kWhole, kPart };

// A station "s" with four messages, a group "g" that has handed them out, and two dead letters.
class Life {
 public:
  // `fill`: a message of so many bytes before all else, so that the change needs a new segment or does not.
  Life(Durability durability, std::size_t fill) {
    SettingsChange settings;
    settings.durability = durability;
    EXPECT_TRUE(put("s", settings));
    // The segments that stood ready are used up.
    for (const std::size_t bytes : {std::size_t{7'000}, std::size_t{7'000}, std::size_t{7'000}, fill}) {
      EXPECT_FALSE(produce({std::string(bytes, '.')}));
    }
    EXPECT_FALSE(purge());
    EXPECT_FALSE(produce({"1", "2", "3", "4"}));
    fetched = fetch("g");
    EXPECT_EQ(fetched->messages().size(), 4u);
    for (int i = 0; i < 2; ++i) bury();
  }

  template <class T>
  static std::optional<ErrorCode> code_of(const Result<T>& result) {
    return broker::code_of(result);
  }
  std::optional<ErrorCode> produce(const std::vector<std::string>& payloads, const std::string& station = "s") {
    const std::vector<ByteView> views(payloads.begin(), payloads.end());
    return code_of(
        world.run(world.broker().append(world.loop, {{kDefaultAccount, station}, IfMissing::kCreate, {}, views})));
  }
  std::optional<ErrorCode> settle() {
    return code_of(world.run(world.broker().settle(world.loop, *fetched, Settlement::kAcknowledge)));
  }
  std::optional<ErrorCode> purge() { return code_of(world.run(world.broker().purge(world.loop, station(), {}))); }
  std::optional<ErrorCode> seek() {
    SeekTarget latest;
    latest.to = SeekTarget::To::kLatest;
    return code_of(world.run(world.broker().seek_group(world.loop, station(), "g", latest)));
  }
  std::optional<ErrorCode> remove_group() {
    return code_of(world.run(world.broker().remove_group(world.loop, station(), "g")));
  }
  std::optional<ErrorCode> remove_letter() {
    return code_of(world.run(world.broker().remove_dead_letter(world.loop, station(), letters().front().id)));
  }
  // Takes all but one message away: a floor in the log and settings in the catalog.
  std::optional<ErrorCode> change_station() {
    SettingsChange change;
    change.retention = Retention{RetentionType::kMessages, 1};
    return code_of(world.run(world.broker().put_station(world.loop, station(), change, {}, IfMissing::kRefuse)));
  }

  std::vector<std::string> payloads(const std::string& group, const char* name = "s") {
    std::vector<std::string> all;
    const auto got = fetch(group, name);
    for (const auto& message : got->messages()) all.emplace_back(message.payload);
    return all;
  }
  std::size_t messages() { return info().messages; }
  StationInfo info() { return world.run(world.broker().station(world.loop, station())).value_or(StationInfo{}); }
  std::vector<GroupInfo> groups() { return world.run(world.broker().groups(world.loop, station(), {}))->items; }
  std::vector<DeadLetter> letters() { return world.run(world.broker().dead_letters(world.loop, station(), {}))->items; }
  void die() {
    world.faults.heal();
    fetched.reset();
    world.reopen();
  }
  // Whatever was not synced is on the disk all the same, but the process learnt of no failure then.
  void lose_power() {
    world.faults.heal();
    fetched.reset();
    world.reopen_after_power_cut([] { return true; });
  }

  embedded::EmbeddedWorld world{8 * kKiB};
  std::unique_ptr<Fetched> fetched;

 private:
  static StationRef station() { return {kDefaultAccount, "s"}; }
  bool put(const char* name, const SettingsChange& settings) {
    return world.run(world.broker().put_station(world.loop, {kDefaultAccount, name}, settings, {}, IfMissing::kCreate))
        .has_value();
  }
  std::unique_ptr<Fetched> fetch(const std::string& group, const char* name = "s") {
    FetchRequest request;
    request.station = {kDefaultAccount, name};
    request.if_missing = IfMissing::kCreate;
    request.group = group;
    request.consumer = "c";
    request.max_messages = 100;
    request.deadline = world.clock.steady();
    auto got = world.run(world.broker().fetch(world.loop, request, cancel_));
    EXPECT_TRUE(got.has_value()) << got.error().message;
    return got ? *std::move(got) : nullptr;
  }
  void bury() {
    const RefusedMessage refused{"letter", "no", "[]"};
    EXPECT_TRUE(world.run(
        world.broker().add_dead_letters(world.loop, station(), DeadLetterReason::kSchema, {}, {&refused, 1})));
  }

  Cancellation cancel_;
};

struct Operation {
  const char* name;
  std::function<std::optional<ErrorCode>(Life&)> act;
  std::function<There(Life&)> look;  // after the next start
};

There how_much(std::size_t there, std::size_t whole) {
  if (there == 0) return There::kNothing;
  return there == whole ? There::kWhole : There::kPart;
}
There yes_or_no(bool there) { return there ? There::kWhole : There::kNothing; }

// How many of the payloads that begin with "new" there are.
std::size_t new_ones(const std::vector<std::string>& payloads) {
  return static_cast<std::size_t>(
      std::ranges::count_if(payloads, [](const std::string& payload) { return payload.starts_with("new"); }));
}

const std::vector<Operation>& operations() {
  static const std::vector<Operation> all = {
      {"produce", [](Life& life) { return life.produce({"new"}); },
       [](Life& life) { return how_much(new_ones(life.payloads("r")), 1); }},
      {"batch", [](Life& life) { return life.produce({"new 1", "new 2" + std::string(500, '.'), "new 3"}); },
       [](Life& life) { return how_much(new_ones(life.payloads("r")), 3); }},
      {"first produce to a station", [](Life& life) { return life.produce({"new"}, "t"); },
       [](Life& life) { return how_much(new_ones(life.payloads("r", "t")), 1); }},
      {"acknowledgement", [](Life& life) { return life.settle(); },
       [](Life& life) { return how_much(4 - life.payloads("g").size(), 4); }},
      {"purge", [](Life& life) { return life.purge(); }, [](Life& life) { return how_much(4 - life.messages(), 4); }},
      {"seek", [](Life& life) { return life.seek(); },
       [](Life& life) { return how_much(4 - life.payloads("g").size(), 4); }},
      {"removal of a group", [](Life& life) { return life.remove_group(); },
       [](Life& life) { return yes_or_no(life.groups().empty()); }},
      {"removal of a dead letter", [](Life& life) { return life.remove_letter(); },
       [](Life& life) { return yes_or_no(life.letters().size() == 1); }},
      {"change of a station", [](Life& life) { return life.change_station(); },
       [](Life& life) { return yes_or_no(life.info().settings.retention.type == RetentionType::kMessages); }},
  };
  return all;
}

struct Faults {
  Durability durability;
  std::size_t fill;  // see Life
  FaultKind kind;
  std::uint64_t times;
  bool power_cut;
};

// Fails from the n-th call on, for each n, until the change does no more calls. Returns how many lives that took.
std::uint64_t fail_at_every_call(const Operation& operation, const Faults& faults) {
  for (std::uint64_t first = 0;; ++first) {
    SCOPED_TRACE(std::string(operation.name) + ", call " + std::to_string(first) + ", times " +
                 std::to_string(faults.times) + ", kind " + std::to_string(static_cast<int>(faults.kind)) + ", fill " +
                 std::to_string(faults.fill));
    Life life(faults.durability, faults.fill);
    life.world.faults.plan(faults.kind, log::FaultCalls::kAll, first, faults.times);
    const auto failed = operation.act(life);
    const bool hit = life.world.faults.calls() > first;
    faults.power_cut ? life.lose_power() : life.die();
    const There there = operation.look(life);
    if (failed) {
      EXPECT_NE(there, There::kPart) << to_string(*failed);
      const auto entry = api::catalogue_entry(api::answered_code(*failed));
      const bool says_nothing = entry.nothing_written || *failed != ErrorCode::kOutcomeUnknown;
      EXPECT_TRUE(!says_nothing || there == There::kNothing) << to_string(*failed) << " says that nothing was written";
      EXPECT_NE(api::answered_code(*failed), ErrorCode::kInternal) << "a disk that fails is not our own fault";
    } else {
      EXPECT_EQ(there, There::kWhole) << "it was answered with success";
    }
    if (!hit || ::testing::Test::HasFailure()) return first + 1;
  }
}

// How many calls of the file system the change needs when none fails.
std::uint64_t calls_of(const Operation& operation, std::size_t fill) {
  Life life(Durability::kDisk, fill);  // whose segments are synced, each with a call of its own
  life.world.faults.plan(FaultKind::kFail, log::FaultCalls::kAll, UINT64_MAX);
  EXPECT_FALSE(operation.act(life));
  return life.world.faults.calls();
}

// A fill with which the change needs a new segment.
std::size_t fill_before_a_segment(const Operation& operation) {
  const std::uint64_t usual = calls_of(operation, kSmallFill);
  for (std::size_t fill = 6'500; fill < 8'000; fill += 10) {
    if (calls_of(operation, fill) > usual) return fill;
  }
  ADD_FAILURE() << "none needs a new segment";
  return kSmallFill;
}

class Outcomes : public ::testing::TestWithParam<std::size_t> {
 protected:
  const Operation& operation() const { return operations()[GetParam()]; }
};

TEST_P(Outcomes, AreWhatTheCodeSaysWhicheverCallsFail) {
  std::uint64_t lives = 0;
  for (const std::size_t fill : {kSmallFill, fill_before_a_segment(operation())}) {
    for (const auto durability : {Durability::kOs, Durability::kDisk}) {
      for (const auto kind : {FaultKind::kFail, FaultKind::kFull, FaultKind::kShortWrite, FaultKind::kStop}) {
        for (const std::uint64_t times : {std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{3}, UINT64_MAX}) {
          for (const bool power_cut : {false, true}) {
            if (power_cut && durability != Durability::kDisk) continue;
            lives += fail_at_every_call(operation(), {durability, fill, kind, times, power_cut});
            if (HasFailure()) return;
          }
        }
      }
    }
  }
  std::printf("%s: %llu lives\n", operation().name, static_cast<unsigned long long>(lives));
}

// What SQLite does in earnest is in tests/e2e/disk_faults_test.cc.
TEST(OutcomeOfAChangeOfTheCatalog, IsHandedOnWhenItIsNotKnown) {
  Life life(Durability::kOs, kSmallFill);
  life.world.catalog->fail_next_change({ErrorCode::kOutcomeUnknown, "the sync failed", {}, 0});
  EXPECT_EQ(life.change_station(), ErrorCode::kOutcomeUnknown);
}

TEST(OutcomeOfAChangeOfTheCatalog, IsThatNothingWasStoredWhereItWasMadeForAMessage) {
  for (const auto code : {ErrorCode::kOutcomeUnknown, ErrorCode::kIo, ErrorCode::kDamaged}) {
    Life life(Durability::kOs, kSmallFill);
    life.world.catalog->fail_next_change({code, "the disk failed", {}, 0});
    EXPECT_EQ(life.produce({"new"}, "t"), ErrorCode::kStoreUnavailable);
    life.die();
    EXPECT_EQ(new_ones(life.payloads("r", "t")), 0u);
  }
}

// The settings are in the catalog already when the log refuses what follows from them.
TEST(OutcomeOfAChangeOfAStation, IsNotKnownOnceItsSettingsAreStored) {
  Life life(Durability::kOs, kSmallFill);
  life.world.faults.plan(FaultKind::kFull, log::FaultCalls::kWrites, 1);  // the first is the floor in front of it
  EXPECT_EQ(life.change_station(), ErrorCode::kOutcomeUnknown);
  life.die();
  EXPECT_EQ(life.info().settings.retention.type, RetentionType::kMessages);
}

INSTANTIATE_TEST_SUITE_P(Of, Outcomes, ::testing::Range(std::size_t{0}, operations().size()), [](const auto& instance) {
  std::string name = operations()[instance.param].name;
  std::ranges::replace(name, ' ', '_');
  return name;
});

}  // namespace
}  // namespace propylon::testing
