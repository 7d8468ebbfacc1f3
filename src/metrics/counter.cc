#include "metrics/counter.h"

#include <bit>

namespace propylon::metrics {

std::size_t shard_of_this_thread() {
  static std::atomic<std::size_t> next{0};
  thread_local const std::size_t shard = next.fetch_add(1, std::memory_order_relaxed) % kShards;
  return shard;
}

std::uint64_t Counter::value() const {
  std::uint64_t sum = 0;
  for (const auto& cell : cells_) sum += cell.value.load(std::memory_order_relaxed);
  return sum;
}

void Histogram::observe(std::uint64_t value) {
  const std::uint64_t units = value == 0 ? 0 : (value - 1) / first_bound_;
  const auto bucket = std::min<std::size_t>(static_cast<std::size_t>(std::bit_width(units)), kBuckets - 1);
  auto& cell = cells_[shard_of_this_thread()];
  cell.buckets[bucket].fetch_add(1, std::memory_order_relaxed);
  cell.sum.fetch_add(value, std::memory_order_relaxed);
}

Histogram::Reading Histogram::read() const {
  Reading reading;
  for (const auto& cell : cells_) {
    for (std::size_t i = 0; i < kBuckets; ++i) {
      const auto n = cell.buckets[i].load(std::memory_order_relaxed);
      reading.buckets[i] += n;
      reading.count += n;
    }
    reading.sum += cell.sum.load(std::memory_order_relaxed);
  }
  return reading;
}

}  // namespace propylon::metrics
