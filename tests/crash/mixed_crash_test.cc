// The server killed with SIGKILL in the midst of everything that it is for: producers and consumers on stations of
// every durability and retention, messages that a schema refuses, an administrator who empties, deletes, makes and
// changes them, segments of the log that are begun, freed and rewritten. What must be true of it afterwards is in
// station_history.h, letter_history.h and group_history.h.
//
// PROPYLON_CRASH_ROUNDS: how often (20; 200 in long runs). PROPYLON_CRASH_SEED: repeats the choices of a run that
// printed it.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <random>
#include <thread>

#include "core/long_tests.h"
#include "crash/bulk_load.h"
#include "crash/crash_options.h"
#include "crash/mixed_load.h"
#include "crash/refused_load.h"
#include "support/gateway.h"
#include "support/json_members.h"

namespace propylon::testing {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kBulkEvery = 8;     // rounds; one of them begins segments
constexpr std::uint64_t kStalledEvery = 4;  // one of them has a consumer who does not read
constexpr std::uint64_t kDrainEvery = 4;    // behind one of them the workers read to the end

ServerOptions server_options() {
  // The administrator alone makes stations, so that each life has its settings.
  return {.environment = {{"PROPYLON_AUTO_CREATE_STATIONS", "false"}}};
}

std::uint64_t count_of(const std::string& text, const std::string& part) {
  std::uint64_t count = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += part.size()) ++count;
  return count;
}

class MixedCrash : public ::testing::Test {
 protected:
  MixedCrash() : seed_(crash_seed()), random_(seed_), gateway_(server_options()) {
    std::printf("PROPYLON_CRASH_SEED=%llu\n", static_cast<unsigned long long>(seed_));
    const auto schema = std::string("/schemas/") + kTextsSchema;
    EXPECT_EQ(gateway_.send("PUT", schema, gateway_.authorized(), kTextsSchemaBody).status, 201);
    for (const auto& station : stations_) make(*station);
    make(*bulk_);
  }

  void make(const MixedStation& station) {
    const auto answer =
        gateway_.send("PUT", "/stations/" + station.history.name(), gateway_.authorized(), station.settings);
    ASSERT_EQ(answer.status, 201) << answer.body;
  }

  Target target() { return {gateway_.process().port(), gateway_.authorized()}; }

  // Load from all clients, and the kill in the midst of it.
  void run_round(std::uint64_t round) {
    const Target server = target();
    const bool bulk = round % kBulkEvery == kBulkEvery / 2;
    if (round % kStalledEvery == kStalledEvery - 1) stalled_.ask(server, bulk_->history.name());
    std::vector<std::vector<TakenFetch>> taken(kMixedConsumers);
    {
      std::vector<std::jthread> threads;
      // Segments that hold nothing but bulk become empty, and are freed; what the others left is rewritten.
      for (std::size_t i = 0; i < kMixedProducers && !bulk; ++i) {
        threads.emplace_back([&, i, seed = random_()] { produce_mixed(server, stations_, i, seed); });
      }
      for (auto& each : taken) {
        threads.emplace_back([&, seed = random_()] { consume_mixed(server, stations_, seed, each); });
      }
      threads.emplace_back([&, seed = random_()] { administer_mixed(server, stations_, seed, administration_); });
      if (bulk) produce_bulk(server, bulk_->history);
      std::this_thread::sleep_for(50ms + 1ms * (random_() % 200));  // how long the load lasts, nothing else
      gateway_.process().kill();
      ++kills_;
    }
    for (const auto& each : taken) {
      for (const TakenFetch& fetch : each) take(fetch);
    }
    for (const auto& station : stations_) {
      station->history.killed();
      if (station->letters) station->letters->killed();
    }
    count_log_lines();
  }

  // A kill in the midst of a write can leave a part of a group.
  void note_jump() {
    constexpr std::string_view kGap = "\"gap\":";
    const std::string log = gateway_.process().standard_error();
    const auto at = log.find(kGap);
    if (at == std::string::npos) return;
    const std::uint64_t gap = std::stoull(log.substr(at + kGap.size()));
    ++jumps_;
    for (const auto& station : stations_) {
      station->history.jumped(gap);
      if (station->letters) station->letters->jumped(gap);
    }
    bulk_->history.jumped(gap);
  }

  void take(const TakenFetch& taken) {
    StationHistory& history = taken.station->history;
    SCOPED_TRACE(history.name() + (taken.by_wanderers ? ", wanderers" : ", workers"));
    for (const Handed& handed : taken.fetch.messages) {
      history.expect_may_be_read(handed.id, taken.fetch.span);
      marked_ += handed.deliveries > 1;
    }
    (taken.by_wanderers ? taken.station->wanderers : taken.station->workers).add(taken.fetch);
  }

  void count_log_lines() {
    const std::string log = gateway_.process().standard_error();
    removed_ += count_of(log, "\"segment removed\"");
    rewritten_ += count_of(log, "\"segments rewritten\"");
    EXPECT_EQ(count_of(log, "\"level\":\"error\""), 0U) << log;
  }

  // What the station's document says; nothing when there is no such station.
  std::optional<Found> document(const MixedStation& station) {
    const auto answer = gateway_.send("GET", "/stations/" + station.history.name(), gateway_.authorized());
    if (answer.status == 404) return {};
    EXPECT_EQ(answer.status, 200) << answer.body;
    auto members = members_of(answer.body);
    Found found;
    found.numbers.resize(kMixedProducers);
    found.messages = std::stoull(members.at("messages"));
    found.bytes = std::stoull(members.at("bytes"));
    found.first_sequence = std::stoull(members.at("first_seq"));
    found.last_sequence = std::stoull(members.at("last_seq"));
    found.created_at = members.at("created_at");
    auto retention = members_of(members.at("retention"));
    if (retention.contains("value")) found.retention_value = std::stoull(retention.at("value"));
    return found;
  }

  // One answer of everything that a group can have now; false when it has everything.
  bool read_some(MixedStation& station, const std::string& group, Fetch& fetch) {
    const std::string body =
        consume_body({.consumer = "census", .group = group, .batch_size = 5000, .more = R"(,"min_messages":1)"});
    fetch.span.begin = Clock::now();
    const auto answer = gateway_.consume(station.history.name(), body);
    fetch.span.end = Clock::now();
    fetch.messages = handed_in(answer, station.history);
    return !fetch.messages.empty();
  }

  // A message that is too old between the document and the reading is in the one and not in the other.
  bool stands_still(const MixedStation& station, const Found& before) {
    const auto after = document(station);
    return after && after->first_sequence == before.first_sequence;
  }

  // The kill may have come between a deletion and what makes the station again.
  void make_if_deleted(const MixedStation& station) {
    if (document(station)) return;
    EXPECT_TRUE(station.history.may_be_deleted()) << "missing, and nobody deleted it";
    make(station);
  }

  void census(MixedStation& station) {
    std::optional<Found> found;
    do {
      const Moment begin = Clock::now();
      found = document(station);
      ASSERT_TRUE(found);
      found->span.begin = begin;
      const std::string group = "census-" + std::to_string(++censuses_);
      std::uint64_t rest = found->messages;
      for (Fetch fetch; rest > 0 && read_some(station, group, fetch); rest -= std::min(rest, fetch.messages.size())) {
        for (const Handed& handed : fetch.messages) found->numbers.at(handed.id.client).push_back(handed.id.number);
      }
      found->span.end = Clock::now();
      gateway_.send("DELETE", "/stations/" + station.history.name() + "/groups/" + group, gateway_.authorized());
    } while (!stands_still(station, *found));
    station.history.check(*found);
    if (station.letters) check_letters(gateway_, station);
    for (std::size_t client = 0; client < kMixedProducers; ++client) {
      const MessageId kept{client, station.history.gone_below(client)};
      station.workers.forget_below(kept);
      station.wanderers.forget_below(kept);
    }
  }

  // The group that is never moved goes on to the end.
  void drain_workers(MixedStation& station) {
    for (Fetch fetch; read_some(station, kWorkers, fetch);) take({&station, false, fetch});
  }

  void check(std::uint64_t round, bool last) {
    if (!last) stalled_again_ += stalled_.expect_again(gateway_, bulk_->history.name());
    for (const auto& station : stations_) {
      SCOPED_TRACE(station->history.name());
      make_if_deleted(*station);
      const Keeps keeps = station->history.retention().keeps;
      const bool rare = station->history.name() == "kept" && round % 10 != 9 && !last;  // it only grows
      const bool drains = round % kDrainEvery == 0 || last;
      if (drains) drain_workers(*station);
      if (keeps == Keeps::kUntilAcknowledged) {
        if (drains) station->history.check_acknowledged(station->workers);
      } else if (!rare) {
        census(*station);
        if (drains) station->history.check_read(station->workers);
      }
    }
    if (round % kBulkEvery == kBulkEvery / 2 || last) census(*bulk_);
  }

  void print_figures() {
    HistoryTotals all;
    HistoryTotals letters;
    std::uint64_t removed_letters = 0;
    std::uint64_t repeats = 0;
    for (const auto& station : stations_) {
      all.add(station->history.totals());
      repeats += station->workers.repeats() + station->wanderers.repeats();
      if (!station->letters) continue;
      letters.add(station->letters->totals());
      removed_letters += station->letters->removals();
    }
    figures_.add(kills_, "kills");
    figures_.add(jumps_, "of these in the midst of a write");
    figures_.add(all.acknowledged + bulk_->history.totals().acknowledged, "acknowledged");
    figures_.add(all.lost, "of these lost");
    figures_.add(all.refused, "refused");
    figures_.add(all.unanswered, "unanswered");
    figures_.add(letters.acknowledged, "refused for their schema");
    figures_.add(letters.lost, "of these lost as dead letters");
    figures_.add(removed_letters, "dead letters removed");
    figures_.add(marked_ + stalled_again_, "handed out with deliveries above 1");
    figures_.add(repeats, "read twice, marked");
    figures_.add(administration_.purges, "purges");
    figures_.add(administration_.deletions, "deletions");
    figures_.add(administration_.group_moves, "groups moved or removed");
    figures_.add(administration_.retention_changes, "retentions changed");
    figures_.add(removed_, "segments removed");
    figures_.add(rewritten_, "times segments rewritten");
  }

  const std::uint64_t seed_;
  std::mt19937_64 random_;
  Gateway gateway_;
  MixedStations stations_ = mixed_stations();
  std::unique_ptr<MixedStation> bulk_ = bulk_station();
  StalledConsumer stalled_;
  AdministrationTotals administration_;
  std::uint64_t kills_ = 0;
  std::uint64_t jumps_ = 0;
  std::uint64_t censuses_ = 0;
  std::uint64_t marked_ = 0;         // messages handed out with deliveries above 1
  std::uint64_t stalled_again_ = 0;  // those that the stalled consumer had
  std::uint64_t removed_ = 0;        // segments
  std::uint64_t rewritten_ = 0;
  TestFigures figures_{"killed in the midst of everything"};
};

TEST_F(MixedCrash, LosesNothingBringsNothingBackAndRepeatsNothingUnsaid) {
  const std::uint64_t rounds = crash_rounds(20, 200);
  for (std::uint64_t round = 0; round < rounds && !HasFailure(); ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    run_round(round);
    gateway_.process().start();
    gateway_.forget_token();
    note_jump();
    check(round, round + 1 == rounds);
  }
  print_figures();
  EXPECT_EQ(gateway_.process().terminate().code, 0) << gateway_.process().standard_error();
  count_log_lines();
  if (rounds < 50) return;
  EXPECT_GT(stalled_again_, 0U);
  EXPECT_GT(removed_, 0U);
  EXPECT_GT(rewritten_, 0U);
}

}  // namespace
}  // namespace propylon::testing
