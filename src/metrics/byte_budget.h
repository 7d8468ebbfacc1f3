// A bound on bytes that many hold together, and the share of one of them: requests that are not served yet, messages
// that were read for consumers, answers that nobody has taken. Thread: any.
#pragma once
#include <atomic>
#include <cstdint>

#include "metrics/counter.h"

namespace propylon::metrics {

class ByteBudget final {
 public:
  explicit ByteBudget(std::uint64_t bytes_max) : bytes_max_(bytes_max) {}
  // `gauge` shows what is held; it outlives this.
  ByteBudget(std::uint64_t bytes_max, Gauge& gauge) : bytes_max_(bytes_max), gauge_(&gauge) {}

  // One holder's part; gives it back when it goes. Thread: caller serialises.
  class Share final {
   public:
    explicit Share(ByteBudget& total) : total_(total) {}
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;
    ~Share() { release(); }

    // Makes the share at least `bytes` large. False when the total has no room; the share is unchanged then.
    [[nodiscard]] bool grow_to(std::uint64_t bytes) {
      if (bytes <= bytes_) return true;
      if (!total_.take(bytes - bytes_)) return false;
      bytes_ = bytes;
      return true;
    }
    void release() {
      if (bytes_ != 0) total_.give_back(bytes_);
      bytes_ = 0;
    }

   private:
    ByteBudget& total_;
    std::uint64_t bytes_ = 0;
  };

  std::uint64_t held() const { return held_.load(std::memory_order_relaxed); }

 private:
  bool take(std::uint64_t bytes) {
    std::uint64_t held = held_.load(std::memory_order_relaxed);
    do {
      if (bytes > bytes_max_ || held > bytes_max_ - bytes) return false;
    } while (!held_.compare_exchange_weak(held, held + bytes, std::memory_order_relaxed));
    if (gauge_) gauge_->add(static_cast<std::int64_t>(bytes));
    return true;
  }
  void give_back(std::uint64_t bytes) {
    held_.fetch_sub(bytes, std::memory_order_relaxed);
    if (gauge_) gauge_->add(-static_cast<std::int64_t>(bytes));
  }

  const std::uint64_t bytes_max_;
  Gauge* const gauge_ = nullptr;
  std::atomic<std::uint64_t> held_{0};
};

}  // namespace propylon::metrics
