// What the members of a group were handed over all rounds, and which repeats there may be.
#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <vector>

#include "crash/produce_record.h"

namespace propylon::testing {

using Moment = std::chrono::steady_clock::time_point;

// Of a request: from before it was sent until its answer had come or its connection was broken. What it did, it did in
// between.
struct Span {
  Moment begin;
  Moment end;
};

struct Handed {
  MessageId id;
  int deliveries = 1;
};

// An answer to consume/batch that came whole.
struct Fetch {
  Span span;
  std::vector<Handed> messages;
  // The same connection got a later answer that handed something out: that request was the proof of this one's receipt,
  // and the record of its delivery stands behind this one's acknowledgement.
  bool acknowledged = false;
};

// A message comes again only when nobody knows whether its first answer was acknowledged, and then says so, or when
// somebody moved or removed the group.
// Thread: one.
class GroupHistory final {
 public:
  // Seeks and removals, answered or not.
  void moved(const Span& span) { moves_.push_back(span); }
  // Fails the test for a repeat that should not be, or does not say that it is one.
  void add(const Fetch& fetch);
  bool has_read(MessageId id) const;
  // Forgets what can never come again.
  void forget_below(MessageId first_kept);

  std::uint64_t repeats() const { return repeats_; }

 private:
  struct Read {
    Span span;
    bool marked = false;
    bool acknowledged = false;
  };
  using Key = std::pair<std::size_t, std::size_t>;  // client, number

  bool moved_meanwhile(const Read& earlier, const Read& later) const;

  std::vector<Span> moves_;
  std::map<Key, std::vector<Read>> reads_;
  std::uint64_t repeats_ = 0;
};

}  // namespace propylon::testing
