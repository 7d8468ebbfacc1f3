// Counters, gauges and histograms that the hot path can afford: a relaxed add on a cell of the thread's own.
//
// Two I/O loops never share a cache line: each value has kShards cells, a thread uses one of them, and a reader
// adds them up. Thread: any, for everything here.
#pragma once
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

namespace propylon::metrics {

inline constexpr std::size_t kShards = 8;
// The cell of this thread; threads are dealt out in the order in which they first ask.
std::size_t shard_of_this_thread();

// Only grows.
class Counter {
 public:
  void add(std::uint64_t n = 1) { cells_[shard_of_this_thread()].value.fetch_add(n, std::memory_order_relaxed); }
  std::uint64_t value() const;

 private:
  struct alignas(64) Cell {
    std::atomic<std::uint64_t> value{0};
  };
  std::array<Cell, kShards> cells_;
};

// Goes up and down.
class Gauge {
 public:
  void add(std::int64_t n) { value_.fetch_add(n, std::memory_order_relaxed); }
  void set(std::int64_t n) { value_.store(n, std::memory_order_relaxed); }
  std::int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> value_{0};
};

// How often values fell into which range. Bounds double: bucket i counts values <= first_bound << i, the last one
// everything. The unit is that of the caller's values and stands in the metric's name.
class Histogram {
 public:
  static constexpr std::size_t kBuckets = 24;
  explicit Histogram(std::uint64_t first_bound) : first_bound_(first_bound) {}
  void observe(std::uint64_t value);
  struct Reading {
    std::array<std::uint64_t, kBuckets> buckets{};  // not cumulative
    std::uint64_t sum = 0;
    std::uint64_t count = 0;
  };
  Reading read() const;
  // Upper bound of bucket i; the last bucket has none.
  std::uint64_t bound(std::size_t bucket) const { return first_bound_ << bucket; }

 private:
  struct alignas(64) Cell {
    std::array<std::atomic<std::uint64_t>, kBuckets> buckets{};
    std::atomic<std::uint64_t> sum{0};
  };
  const std::uint64_t first_bound_;
  std::array<Cell, kShards> cells_;
};

}  // namespace propylon::metrics
