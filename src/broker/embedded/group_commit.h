// Changes that are decided, written and made visible together: the one way into the log, for turns and background.
#pragma once
#include <vector>

#include "broker/embedded/change.h"
#include "log/group_buffer.h"
#include "log/log.h"

namespace propylon::broker::embedded {

// Thread: caller serialises.
struct ChangeGroup {
  log::GroupBuffer buffer;
  std::vector<Change*> changes;  // in their order; each knows its record in the buffer

  // Adds a change whose record is in the buffer under that index.
  void add(Change& change, std::size_t record);
  // Stores what can be stored; then each change has a result of its own (result_of()). On a full disk the changes that
  // claim most are refused, and what is left is decided again. Hold the commit mutex. Whether the log took everything
  // that was to be written.
  bool commit(log::Log& log);
  // After commit(). Errors: those of Change::decide(), of Log::write().
  static const Result<void>& result_of(const Change& change) { return change.result_; }
  void clear();

 private:
  void decide(WallTime now);
  void withdraw();
  // Refuses the changes that claim most, as long as others are left. Whether there is something left to write.
  bool refuse_largest_claim(const Error& error);
  void refuse(Change& change, const Error& error);
  void publish(const log::Written& written, WallTime now);
};

}  // namespace propylon::broker::embedded
