// A stop at every operation of a life in which segments are removed and rewritten, against a model of what was said to
// be stored. One life; with PROPYLON_LONG=1 many different ones.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "core/long_tests.h"
#include "log/fault_file_layer.h"
#include "log/memory_file_layer.h"
#include "log/read_back.h"

namespace propylon::log {
namespace {

constexpr std::uint64_t kStations = 4;

// What was acknowledged, and what is still wanted of it.
class Model {
 public:
  explicit Model(LogFixture& fixture) : fixture_(fixture) {}

  Result<void> write(const std::vector<Remembered>& records) {
    const auto written = PPL_TRY(fixture_.write(records));
    for (const auto& record : records) written_.push_back({record, written.end});
    return {};
  }
  // A group of some stations' messages and an acknowledgement, all of them different.
  Result<void> write_some(std::mt19937_64& random) {
    std::vector<Remembered> records;
    for (std::uint64_t station = 1; station <= kStations; ++station) {
      if (random() % (station == 1 ? 1 : 4) != 0) continue;
      std::vector<std::string> payloads(1 + random() % 2);
      for (auto& payload : payloads)
        payload = std::to_string(random()) + std::string(random() % (station < 3 ? 500 : 40), 'x');
      records.push_back(LogFixture::message(station, last_[station] + 1, payloads));
      last_[station] += payloads.size();
    }
    records.push_back(
        {.kind = RecordKind::kAcked, .station = 1, .headers = {}, .payloads = {"ack " + std::to_string(random())}});
    return write(records);
  }
  Result<void> checkpoint() {
    const Position end = fixture_.log->end();
    // The blob says what is included, as an owner's would.
    PPL_CHECK(fixture_.log->write_checkpoint(std::to_string(end.packed()), end, end));
    return {};
  }
  void raise_floor(std::uint64_t station, std::uint64_t through) {
    floor_[station] = std::max(floor_[station], through);
  }
  std::uint64_t last(std::uint64_t station) { return last_[station]; }
  bool wanted(StationId station, Sequence last) const {
    const auto found = floor_.find(station.value);
    return found == floor_.end() || last.value > found->second;
  }
  KeepRecord keep() const {
    return [this](StationId station, Sequence, Sequence last) { return wanted(station, last); };
  }
  // The process dies or the machine loses power: what is not yet durable may be gone after the latter.
  void machine_dies() { durable_ = fixture_.log ? fixture_.log->durable() : Position{}; }

  // After a reopen. What may be lost and is gone is forgotten.
  void check() {
    const Position included = Position::unpack(fixture_.replay.blob.empty() ? Position{1, kSegmentHeaderBytes}.packed()
                                                                            : std::stoull(fixture_.replay.blob));
    std::vector<Remembered> others;
    for (const auto& [at, record] : fixture_.replay.records) {
      if (record.kind != RecordKind::kMessage && at >= included) others.push_back(record);
    }
    const auto messages = all_messages(fixture_);
    auto message = messages.begin();
    auto other = others.cbegin();
    std::erase_if(written_, [&](const Written& one) {
      const bool is_message = one.record.kind == RecordKind::kMessage;
      auto& next = is_message ? message : other;
      if (next != (is_message ? messages.cend() : others.cend()) && *next == one.record) {
        ++next;
        return false;
      }
      if (!is_message) {
        if (one.end > included && (!durable_ || one.end <= *durable_))
          ADD_FAILURE() << one.record.payloads[0] << " lost";
        return one.end > included;
      }
      const Sequence end{one.record.first + one.record.payloads.size() - 1};
      const bool may_lack = !wanted({one.record.station}, end) || (durable_ && one.end > *durable_);
      EXPECT_TRUE(may_lack) << "message " << one.record.first << " of station " << one.record.station << " is lost";
      return true;
    });
    EXPECT_TRUE(message == messages.cend()) << "a message that was not written, or not here";
    EXPECT_TRUE(other == others.cend()) << "a record that was not written, or not here";
    durable_.reset();
  }

 private:
  struct Written {
    Remembered record;
    Position end;  // of its group, where it was written first
  };
  LogFixture& fixture_;
  std::vector<Written> written_;
  std::map<std::uint64_t, std::uint64_t> last_;
  std::map<std::uint64_t, std::uint64_t> floor_;
  std::optional<Position> durable_;  // set when the machine died
};

Result<void> fill_segments(LogFixture& fixture, Model& model, std::mt19937_64& random, std::uint64_t segments) {
  const std::uint64_t until = fixture.log->end().segment + segments;
  while (fixture.log->end().segment < until) PPL_CHECK(model.write_some(random));
  return fixture.maintain();
}

// One round: segments fill up, most of their messages are no longer wanted, one segment goes, the others become one.
Result<void> live_round(LogFixture& fixture, Model& model, std::mt19937_64& random) {
  PPL_CHECK(fill_segments(fixture, model, random, 3));
  const std::uint64_t end = fixture.log->end().segment;
  PPL_CHECK(model.checkpoint());
  PPL_CHECK(model.write_some(random));
  PPL_CHECK(model.checkpoint());
  for (const std::uint64_t station : {1u, 2u}) model.raise_floor(station, model.last(station));
  for (const std::uint64_t station : {3u, 4u}) model.raise_floor(station, model.last(station) * (station - 2) / 3);
  const auto segments = fixture.log->segments();
  const auto& oldest = fixture.log->sealed(segments.front().id);
  const bool dead = oldest.index && std::ranges::none_of(oldest.index->stations(), [&](const StationShare& share) {
                      return model.wanted(share.id(), {share.last_sequence});
                    });
  std::uint64_t first = segments.front().id;
  if (dead) {
    PPL_CHECK(fixture.log->remove_segment(first));
    first = segments.at(1).id;
  }
  PPL_CHECK(fixture.log->rewrite(first, end - 1, model.keep()));
  fixture.log->forget_replaced(first, end - 1);
  PPL_CHECK(model.write_some(random));
  return model.checkpoint();
}

Result<void> full_life(LogFixture& fixture, Model& model, std::uint64_t seed) {
  std::mt19937_64 random(seed);  // the same life each time, up to the stop
  PPL_CHECK(fixture.open());
  // A segment of station 1 alone: it is dead after the first round.
  for (std::uint64_t i = 0; fixture.log->end().segment < 2; ++i) {
    PPL_CHECK(model.write({{.kind = RecordKind::kAcked,
                            .station = 1,
                            .headers = {},
                            .payloads = {std::string(900, 'a') + std::to_string(i)}}}));
  }
  PPL_CHECK(live_round(fixture, model, random));
  PPL_CHECK(live_round(fixture, model, random));
  // And what was rewritten alone.
  model.raise_floor(3, model.last(3));
  const std::uint64_t oldest = fixture.log->segments().front().id;
  PPL_CHECK(fixture.log->rewrite(oldest, oldest, model.keep()));
  fixture.log->forget_replaced(oldest, oldest);
  PPL_CHECK(model.write_some(random));
  return fixture.log->close();
}

enum class Death : std::uint8_t { kProcess, kMachine };

// Stops at operation `stop`; comes back with each reopening stopped one operation later, until one succeeds; then goes
// on living. False when the life ended before the stop.
bool live_and_die(std::uint64_t seed, std::uint64_t stop, Death death) {
  SCOPED_TRACE("life " + std::to_string(seed) + ", stop at operation " + std::to_string(stop));
  std::mt19937_64 random(seed + stop);
  MemoryFileLayer memory;
  FaultFileLayer files(memory);
  LogFixture fixture(files);
  fixture.options.segment_bytes = 4 * kKiB;
  Model model(fixture);
  files.plan(FaultKind::kStop, FaultCalls::kAll, stop);
  const bool died = !full_life(fixture, model, seed);
  if (death == Death::kMachine) model.machine_dies();
  fixture.log.reset();
  for (std::uint64_t reopen_stop = 0;; ++reopen_stop) {
    if (death == Death::kMachine) {
      const auto keeps_percent = random() % 101;
      memory.crash([&] { return random() % 100 < keeps_percent; });
      fixture.options.boot_id = "boot-" + std::to_string(reopen_stop);
    }
    files.plan(FaultKind::kStop, FaultCalls::kAll, reopen_stop);
    const auto opened = fixture.open();
    files.heal();
    if (opened) break;
    EXPECT_NE(opened.error().code, ErrorCode::kDamaged) << opened.error().message;
    if (testing::Test::HasFailure()) return false;
  }
  model.check();
  const auto lived_on = live_round(fixture, model, random);
  EXPECT_TRUE(lived_on) << lived_on.error().message;
  EXPECT_TRUE(fixture.open());
  model.check();
  return died;
}

void die_everywhere(Death death) {
  const std::uint64_t lives = test_lives(1, 50);
  const std::uint64_t first = test_seed();
  for (std::uint64_t seed = first; seed < first + lives && !testing::Test::HasFailure(); ++seed) {
    std::uint64_t stop = 0;
    while (live_and_die(seed, stop, death) && !testing::Test::HasFailure()) ++stop;
    EXPECT_GT(stop, 200u) << "the life is a long one";
  }
}

TEST(RewriteStops, ComesBackFromAStopOfTheProcessAtEveryOperation) { die_everywhere(Death::kProcess); }

TEST(RewriteStops, ComesBackFromAPowerCutAtEveryOperation) { die_everywhere(Death::kMachine); }

}  // namespace
}  // namespace propylon::log
