#include "core/timer_wheel.h"

#include <algorithm>

namespace propylon {

TimerWheel::TimerWheel(SteadyTime now) : done_tick_(tick_of(now)) {
  for (auto& slot : slots_) slot.next_ = slot.previous_ = &slot;
}

std::int64_t TimerWheel::tick_of(SteadyTime time) { return time.time_since_epoch() / kTick; }

void TimerWheel::link(Timer& timer, std::int64_t tick) {
  Timer& head = slots_[static_cast<std::size_t>(tick) % kSlots];
  timer.next_ = &head;
  timer.previous_ = head.previous_;
  head.previous_->next_ = &timer;
  head.previous_ = &timer;
}

void TimerWheel::unlink(Timer& timer) {
  timer.previous_->next_ = timer.next_;
  timer.next_->previous_ = timer.previous_;
  timer.next_ = timer.previous_ = nullptr;
}

void TimerWheel::arm(Timer& timer, SteadyTime deadline) {
  const bool later = timer.armed() && deadline >= timer.deadline_;
  timer.deadline_ = deadline;
  if (later) return;
  if (timer.armed()) {
    unlink(timer);
    --armed_;
  }
  // The tick after the deadline, so that a timer is never early; at least the next one to be served.
  link(timer, std::max(tick_of(deadline) + 1, done_tick_ + 1));
  ++armed_;
}

void TimerWheel::disarm(Timer& timer) {
  if (!timer.armed()) return;
  unlink(timer);
  --armed_;
}

void TimerWheel::run_slot(Timer& head, SteadyTime now) {
  // The slot's timers move to a list of their own first: a callback may arm timers into this very slot or disarm
  // any that still waits.
  Slot due;
  due.next_ = due.previous_ = &due;
  if (head.next_ != &head) {
    due.next_ = head.next_;
    due.previous_ = head.previous_;
    due.next_->previous_ = &due;
    due.previous_->next_ = &due;
    head.next_ = head.previous_ = &head;
  }
  while (due.next_ != &due) {
    Timer& timer = *due.next_;
    unlink(timer);
    if (timer.deadline_ <= now) {
      --armed_;
      timer.expired();
    } else {
      link(timer, std::max(tick_of(timer.deadline_) + 1, done_tick_ + 1));
    }
  }
}

void TimerWheel::advance(SteadyTime now) {
  const std::int64_t tick = tick_of(now);
  if (armed_ == 0) {
    done_tick_ = std::max(done_tick_, tick);
    return;
  }
  // After a long pause one round of the wheel visits every slot.
  if (tick - done_tick_ > static_cast<std::int64_t>(kSlots)) done_tick_ = tick - static_cast<std::int64_t>(kSlots);
  while (done_tick_ < tick) {
    ++done_tick_;
    run_slot(slots_[static_cast<std::size_t>(done_tick_) % kSlots], now);
  }
}

std::optional<SteadyTime> TimerWheel::next_wake() const {
  if (armed_ == 0) return std::nullopt;
  for (std::int64_t tick = done_tick_ + 1; tick <= done_tick_ + static_cast<std::int64_t>(kSlots); ++tick) {
    const Timer& head = slots_[static_cast<std::size_t>(tick) % kSlots];
    if (head.next_ != &head) return SteadyTime(tick * kTick);
  }
  return SteadyTime((done_tick_ + 1) * kTick);
}

}  // namespace propylon
