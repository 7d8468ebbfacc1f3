// What a request, or the background, wants to have happen to a station: decided, written and made visible together
// with the other changes of its group (group_commit.h).
#pragma once
#include <coroutine>
#include <cstddef>
#include <cstdint>

#include "core/clock.h"
#include "core/result.h"
#include "log/group_buffer.h"
#include "log/position.h"

namespace propylon::broker::embedded {

struct ChangeGroup;

// One change, in its owner's frame.
class Change {
 public:
  // Under the commit mutex, before the write: stamps the record. An error takes the record out of the group and goes
  // to this change alone. Called anew, after withdraw(), when others of the group turned out to have no room: what was
  // decided may have counted on them.
  virtual Result<void> decide(log::GroupBuffer& group, std::size_t record, WallTime now) = 0;
  // Under the commit mutex, after the write: makes the change visible. `at` is where the record of `bytes` begins.
  virtual void publish(log::Position at, std::uint32_t bytes, WallTime now) = 0;
  // Under the commit mutex: the write failed, nothing is visible; undoes decide(). The changes of a group are withdrawn
  // in the reverse of their order.
  virtual void withdraw() = 0;
  // What a full disk refuses it.
  virtual log::SpaceClaim claim() const = 0;
  // After a successful commit: behind the change's record.
  log::Position end() const { return end_; }

 protected:
  ~Change() = default;

 private:
  friend class Turn;
  friend struct ChangeGroup;
  std::size_t record_ = 0;
  std::coroutine_handle<> waiter_;
  Result<void> result_;
  log::Position end_;
};

}  // namespace propylon::broker::embedded
