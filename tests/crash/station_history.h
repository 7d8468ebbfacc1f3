// What was done to a station over all its rounds, and what must therefore be in it after a kill.
//
// Everything that takes messages away (purge, deletion, retention) takes the oldest first. So what is left of one
// client's messages is always an unbroken end of what it was told is stored; where that end may begin is what the rules
// below say. What was missing once must stay away for good.
#pragma once
#include <chrono>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "crash/group_history.h"
#include "crash/produce_record.h"

namespace propylon::testing {

// When a message may be missing that no purge and no deletion took.
enum class Keeps : std::uint8_t {
  kAll,                // never
  kNewest,             // when so many newer ones are there
  kBytes,              // when newer ones take so many bytes
  kYounger,            // when it is older than so many seconds
  kUntilAcknowledged,  // when the group `workers` has read it
  kNothing,            // after a kill: durability `memory`
};

// How the messages of one request are stored.
enum class Storing : std::uint8_t {
  kTogether,  // all or none
  kInTurn,    // when nobody knows the answer, the first ones may be there alone
};

struct Retention {
  Keeps keeps = Keeps::kAll;
  std::uint64_t value = 0;             // the least that was in force since the last census
  std::uint64_t record_bytes_max = 0;  // the most that a request puts into the station, framing included
};

// Something that took messages away: a purge, or a deletion with or without a new life.
struct Emptying {
  Span span;
  bool answered = true;      // false: it may have happened, wholly, or not
  std::uint64_t before = 0;  // of a purge: the messages before this sequence; 0: all
};

// A station as a reader found it.
struct Found {
  Span span;
  std::vector<std::vector<std::size_t>> numbers;  // of each client, in the order of the station
  std::uint64_t messages = 0;                     // these and the rest: what its document says
  std::uint64_t bytes = 0;
  std::uint64_t first_sequence = 1;
  std::uint64_t last_sequence = 0;
  std::string created_at;
  std::uint64_t retention_value = 0;
};

struct HistoryTotals {
  std::uint64_t acknowledged = 0;  // messages answered with 200
  std::uint64_t lost = 0;          // of these: gone without a reason
  std::uint64_t refused = 0;       // messages answered otherwise
  std::uint64_t unanswered = 0;    // messages whose answer nobody saw

  void add(const HistoryTotals& other) {
    acknowledged += other.acknowledged;
    lost += other.lost;
    refused += other.refused;
    unanswered += other.unanswered;
  }
};

// Thread: during a round each client's begin() and end() from a thread of its own, emptied() and retain() from one;
// everything else between rounds.
class StationHistory final {
 public:
  StationHistory(std::string name, std::size_t clients, Retention retention, Storing storing = Storing::kTogether)
      : name_(std::move(name)), storing_(storing), clients_(clients), retention_(retention) {}

  const std::string& name() const { return name_; }
  const Retention& retention() const { return retention_; }

  // A request of so many messages, or none, is about to be sent; returns the number of its first.
  std::size_t begin(std::size_t client, std::size_t count);
  void end(std::size_t client, Fate fate);
  void emptied(const Emptying& emptying) { emptyings_.push_back(emptying); }
  void deleted(const Emptying& emptying);
  // Another value of the retention may be in force from now on.
  void retain(std::uint64_t value);

  // A message that a consumer got: fails the test when it was refused, nobody sent it, or it was gone before.
  void expect_may_be_read(MessageId id, const Span& span) const;
  // The process is gone, and with it everything that was only in its memory.
  void killed();
  // The log was cut off at a group that the kill had torn, and went on so many sequences later (docs/log-format.md).
  void jumped(std::uint64_t sequences) { jumped_ += sequences; }
  // Whether the station may be missing altogether.
  bool may_be_deleted() const { return deletion_; }
  // Fails the test for everything that should be there and is not, or the other way round. The next round's rules begin
  // from what was found.
  void check(const Found& found);
  // Of Keeps::kUntilAcknowledged, when `workers` has read to the end: fails the test for everything that it never got
  // although no purge took it.
  void check_acknowledged(const GroupHistory& workers);
  // Fails the test for everything that was found the last time and that the group never got.
  void check_read(const GroupHistory& group) const;
  // The lowest number of a client that may still be there.
  std::size_t gone_below(std::size_t client) const { return clients_[client].gone_below; }
  const HistoryTotals& totals() const { return totals_; }

 private:
  struct Request {
    Sent sent;
    Span span;
  };
  struct Client {
    std::deque<Request> requests;  // not known to be gone, oldest first
    std::size_t next_number = 0;
    std::size_t gone_below = 0;
  };
  struct Missing {
    std::uint64_t required = 0;          // messages that nothing but the retention can have taken
    std::uint64_t required_missing = 0;  // of these
    std::uint64_t lost = 0;              // of these: the retention cannot have taken them either
  };

  bool must_be_gone(const Request& request) const;
  bool may_be_emptied(const Request& request) const;
  bool may_be_missing(const Request& request, const Found& found) const;
  void check_client(std::size_t client, const Found& found, Missing& missing) const;
  void check_whole(const Found& found) const;
  void check_retention(const Found& found, const Missing& missing) const;
  void check_sequences(const Found& found) const;
  void check_last_sequence(const Found& found) const;
  void go_on_from(const Found& found);
  static void decide(Client& client, const std::vector<std::size_t>& numbers, Moment seen);
  void settle_totals(const Client& client);

  const std::string name_;
  const Storing storing_;
  std::vector<Client> clients_;
  Retention retention_;
  std::vector<Emptying> emptyings_;  // since the last census
  bool deletion_ = false;            // one of them
  Found last_found_;
  std::uint64_t jumped_ = 0;  // sequences, in all
  std::uint64_t jumped_when_found_ = 0;
  HistoryTotals totals_;
};

}  // namespace propylon::testing
