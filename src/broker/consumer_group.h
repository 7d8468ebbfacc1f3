// A consumer group's place in its station: what was handed out, to whom it is leased, what came back.
//
// A message below `next` is in one of three states: leased, returned (handed out before, waiting for another
// turn), or done. Only the first two are stored, so "done" costs nothing however far a group has read:
//
//        1 ..................... next-1 | next ...
//        done, but for leased and returned ranges | never handed out
//
// Pure state, no clock, no I/O: the owner passes times in and knows which sequences hold a message.
// Thread: caller serialises (the station's lock).
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/ids.h"

namespace propylon::broker {

// Sequences first..last, both included, that were handed out equally often.
struct SequenceRange {
  Sequence first;
  Sequence last;
  std::uint32_t deliveries = 0;  // how often they were handed out so far

  std::uint64_t size() const { return last.value - first.value + 1; }
  friend bool operator==(const SequenceRange&, const SequenceRange&) = default;
};

using LeaseId = Id<struct LeaseTag>;

class ConsumerGroup final {
 public:
  // What may be handed out next, in the order in which it should be: returned ranges first, then everything from
  // next to `last_stored`. Ranges may cover sequences that hold no message (trimmed, or a gap).
  std::vector<SequenceRange> candidates(Sequence last_stored) const;
  // An upper bound of how many messages candidates() holds; cheap.
  std::uint64_t pending_at_most(Sequence last_stored) const;

  // Leases ranges that candidates() offered, in its order; what lay between new ones and holds no message is done.
  // The stored `deliveries` of each is one more than the candidate's.
  LeaseId lease(const std::vector<SequenceRange>& ranges, SteadyTime lease_end);
  // Of a lease, takes back everything above `last_kept` as if it had not been handed out.
  void shorten(LeaseId lease, Sequence last_kept);
  // The whole lease as if it had never been given: the delivery was not recorded.
  void undo(LeaseId lease);
  // Every range is done, also where its lease has ended and a message was handed out again since, and where it was
  // never handed out: what then lies between next() and it waits for its turn.
  void acknowledge(const std::vector<SequenceRange>& ranges);
  // The ranges wait for another turn, before newer messages. No effect on a lease that has ended already.
  void give_back(LeaseId lease);
  // Leases that have ended are returned. True when there was one.
  bool expire(SteadyTime now);
  // When the next lease ends; SteadyTime::max() without one.
  SteadyTime next_expiry() const;
  // Nothing is left to hand out at or below `floor`.
  void trim(Sequence floor);
  // Goes on at `next`, whatever was handed out: leased and returned messages are forgotten.
  void seek(Sequence next);

  const std::vector<SequenceRange>* ranges_of(LeaseId lease) const;
  Sequence next() const { return next_; }
  // Whether it waits to be handed out, for the first time or again.
  bool is_pending(Sequence sequence) const;
  // Every message up to here is done.
  Sequence acknowledged_through() const;
  std::size_t lease_count() const { return leases_.size(); }
  // Of those above `floor`.
  std::uint64_t leased_messages(Sequence floor = {}) const;
  // Leased and returned ranges in order: together with next(), all that must survive a restart.
  std::vector<SequenceRange> unacknowledged() const;

  // Rebuilding from records: every lease counts as ended.
  void restore(Sequence next, const std::vector<SequenceRange>& unacknowledged);
  // Also for what was picked later and recorded earlier. What is left out in front of `ranges` counts as never handed
  // out, until its own record comes.
  void replay_delivered(const std::vector<SequenceRange>& ranges);

 private:
  struct Lease {
    std::vector<SequenceRange> ranges;
    SteadyTime end;
  };
  struct Returned {
    Sequence last;
    std::uint32_t deliveries = 0;
  };
  void return_range(SequenceRange range);
  void erase_returned(Sequence first, Sequence last);

  Sequence next_{1};
  std::map<Sequence, Returned> returned_;  // by first sequence; ranges do not overlap
  std::map<LeaseId, Lease> leases_;
  std::uint64_t last_lease_id_ = 0;
};

}  // namespace propylon::broker
