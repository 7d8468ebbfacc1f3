// The server killed with SIGKILL under load, again and again, and what must be true of it afterwards.
//
// PROPYLON_CRASH_ROUNDS: how often (8; 100 in long runs). PROPYLON_CRASH_SEED: repeats the choices of a run that
// printed it.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <thread>

#include "crash/crash_options.h"
#include "crash/produce_record.h"
#include "crash/station_census.h"
#include "support/gateway.h"
#include "support/json_members.h"

namespace propylon::testing {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kProducers = 8;
constexpr std::size_t kConsumers = 2;
constexpr const char* kStation = "crash";

// Singles and batches in turn, until the connection breaks.
void produce(std::uint16_t port, const HttpFields& fields, std::size_t client, std::uint64_t seed,
             ProduceRecord& record) {
  std::mt19937_64 random(seed);
  try {
    HttpClient connection(port);
    for (;;) {
      const bool single = random() % 2 == 0;
      Sent sent{.first = record.next_number, .count = single ? 1 : 1 + random() % 30, .fate = Fate::kUnanswered};
      record.next_number += sent.count;
      std::string body;
      for (std::size_t i = 0; i < sent.count; ++i) {
        body += (i == 0 ? "" : ",") + payload_of({client, sent.first + i}, random() % 400);
      }
      // Before it is sent: from now on the message may be there.
      record.requests.push_back(sent);
      const auto answer = connection.request(
          "POST", std::string("/stations/") + kStation + (single ? "/produce/single" : "/produce/batch"), fields,
          single ? body : "[" + body + "]");
      record.requests.back().fate = answer.status == 200 ? Fate::kStored : Fate::kRefused;
    }
  } catch (const std::runtime_error&) {
    // The server is gone; the last request stays unanswered.
  }
}

// How often a message was read, and how often it said that it had been handed out before.
struct Reads {
  std::uint64_t all = 0;
  std::uint64_t marked = 0;
};

// What a member of a group read over all rounds.
using ConsumeRecord = std::map<std::pair<std::size_t, std::size_t>, Reads>;

void take(const std::vector<ConsumedMessage>& messages, ConsumeRecord& record) {
  for (const auto& message : messages) {
    const MessageId id = id_of(message.payload);
    Reads& reads = record[{id.client, id.number}];
    ++reads.all;
    reads.marked += message.deliveries > 1;
  }
}

void consume(std::uint16_t port, const HttpFields& fields, ConsumeRecord& record) {
  const std::string body =
      consume_body({.group = "workers", .batch_size = 500, .wait_ms = 1000, .more = R"(,"min_messages":1)"});
  try {
    HttpClient connection(port);
    for (;;) {
      const auto answer =
          connection.request("POST", std::string("/stations/") + kStation + "/consume/batch", fields, body);
      if (answer.status == 200) take(messages_of(answer), record);
    }
  } catch (const std::runtime_error&) {
    // The server is gone, or was while it answered: what did not come whole was not read.
  }
}

class Crash : public ::testing::Test {
 protected:
  Crash() : seed_(crash_seed()), random_(seed_) {
    std::printf("PROPYLON_CRASH_SEED=%llu\n", static_cast<unsigned long long>(seed_));
  }

  // Load from all clients, and the kill in the midst of it.
  void run_round(Gateway& gateway) {
    const HttpFields fields = gateway.authorized();
    const std::uint16_t port = gateway.process().port();
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < kProducers; ++i) {
      threads.emplace_back([&, i, seed = random_()] { produce(port, fields, i, seed, produced_[i]); });
    }
    for (std::size_t i = 0; i < kConsumers; ++i)
      threads.emplace_back([&, i] { testing::consume(port, fields, consumed_[i]); });
    std::this_thread::sleep_for(
        std::chrono::milliseconds(50 + random_() % 200));  // how long the load lasts, nothing else
    gateway.process().kill();
  }

  // Everything that a group gets until nothing is left.
  template <class Each>
  static void read_all(Gateway& gateway, const std::string& group, Each each) {
    for (;;) {
      const auto messages = gateway.drain(kStation, group);
      if (messages.empty()) return;
      for (const auto& message : messages) each(message);
    }
  }

  const std::uint64_t seed_;
  std::mt19937_64 random_;
  std::vector<ProduceRecord> produced_{kProducers};
  std::vector<ConsumeRecord> consumed_{kConsumers};
};

TEST_F(Crash, LosesNothingThatWasAcknowledgedAndKeepsNothingThatWasRefused) {
  const std::uint64_t rounds = crash_rounds(8, 100);
  Gateway gateway;
  gateway.token();
  StationCensus reader(kProducers);  // reads on after each kill
  for (std::uint64_t round = 0; round < rounds && !HasFailure(); ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    run_round(gateway);
    gateway.process().start();
    read_all(gateway, "reader", [&](const auto& message) { reader.add(message.payload, message.deliveries); });
    reader.check(produced_);
  }

  StationCensus census(kProducers);  // from the oldest message on, in one go
  read_all(gateway, "census", [&](const auto& message) { census.add(message.payload, message.deliveries); });
  const Totals totals = census.check(produced_);
  EXPECT_EQ(census.messages(), totals.stored + totals.unanswered_found);
  EXPECT_EQ(reader.messages(), census.messages());
  EXPECT_EQ(totals.refused, 0U);

  // The workers read everything at least once, and a repeat says that it is one.
  read_all(gateway, "workers", [&](const auto& message) { take({message}, consumed_[0]); });
  ConsumeRecord workers = consumed_[0];
  for (const auto& [id, reads] : consumed_[1]) {
    workers[id].all += reads.all;
    workers[id].marked += reads.marked;
  }
  const auto groups = gateway.send("GET", std::string("/stations/") + kStation + "/groups", gateway.authorized());
  EXPECT_EQ(workers.size(), census.messages()) << groups.body;
  std::uint64_t repeats = 0;
  for (const auto& [id, reads] : workers) {
    EXPECT_GE(reads.marked + 1, reads.all) << id.first << "-" << id.second << ": read again without a word";
    repeats += reads.all - 1;
  }

  std::printf(
      "kills %llu, acknowledged %llu, found %llu, unanswered %llu, of these found %llu, refused %llu, read again "
      "%llu\n",
      static_cast<unsigned long long>(rounds), static_cast<unsigned long long>(totals.stored),
      static_cast<unsigned long long>(census.messages()), static_cast<unsigned long long>(totals.unanswered),
      static_cast<unsigned long long>(totals.unanswered_found), static_cast<unsigned long long>(totals.refused),
      static_cast<unsigned long long>(repeats));
  EXPECT_EQ(gateway.process().terminate().code, 0) << gateway.process().standard_error();
}

// The file of the log that was written last, and where its data ends: the rest of it is zeros.
struct Tail {
  std::filesystem::path file;
  std::streamoff end = 0;
};

Tail tail_of(const std::filesystem::path& data_dir) {
  Tail tail;
  for (const auto& entry : std::filesystem::directory_iterator(data_dir / "log")) {
    if (entry.path().extension() != ".seg") continue;
    std::string bytes(entry.file_size(), '\0');
    std::ifstream(entry.path(), std::ios::binary).read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    const std::size_t last = bytes.find_last_not_of('\0');
    // Prepared segments hold a header only; theirs are the highest numbers.
    if (last == std::string::npos || last < 4096 || entry.path() < tail.file) continue;
    tail = {entry.path(), static_cast<std::streamoff>(last) + 1};
  }
  return tail;
}

void overwrite(const Tail& tail, std::streamoff at, const std::string& bytes) {
  std::fstream stream(tail.file, std::ios::binary | std::ios::in | std::ios::out);
  stream.seekp(at).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  ASSERT_TRUE(stream.good()) << tail.file;
}

class TornTail : public ::testing::Test {
 protected:
  static constexpr std::size_t kMessages = 100;

  // A server that was killed behind so many messages, each a write of its own; not started again.
  TornTail() {
    for (std::size_t i = 0; i < kMessages; ++i) {
      gateway_.produce(kStation, std::to_string(i) + std::string(200, 'x'));
    }
    gateway_.process().kill();
    tail_ = tail_of(gateway_.process().data_dir());
  }
  void expect_first_messages(std::size_t count) {
    gateway_.process().start();
    const auto messages = gateway_.drain(kStation);
    ASSERT_EQ(messages.size(), count);
    for (std::size_t i = 0; i < count; ++i) EXPECT_EQ(messages[i].payload, std::to_string(i) + std::string(200, 'x'));
    // And it goes on, also over the place of the damage.
    EXPECT_EQ(gateway_.produce(kStation, "more").body, kStored);
    gateway_.process().kill();
    gateway_.process().start();
    EXPECT_EQ(gateway_.drain(kStation, "others").size(), count + 1);
  }

  Gateway gateway_;
  Tail tail_;
};

TEST_F(TornTail, OfGarbageBehindTheDataIsCutOff) {
  ASSERT_GT(tail_.end, 0);
  overwrite(tail_, tail_.end, std::string(5000, '\x5a'));
  expect_first_messages(kMessages);
}

TEST_F(TornTail, OfAHalfWrittenGroupLosesThatGroupAlone) {
  ASSERT_GT(tail_.end, 0);
  overwrite(tail_, tail_.end - 100, std::string(100, '\0'));
  expect_first_messages(kMessages - 1);
}

}  // namespace
}  // namespace propylon::testing
