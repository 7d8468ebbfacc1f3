// Latencies in buckets of about 1.6 % width: constant memory, any number of values.
#pragma once
#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace propylon::bench {

// Thread: one.
class Histogram final {
 public:
  void add(std::uint64_t value_ns) {
    ++counts_[bucket_of(value_ns)];
    ++total_;
    max_ns_ = std::max(max_ns_, value_ns);
  }
  std::uint64_t total() const { return total_; }
  // The largest value, exactly; 0 when nothing was added.
  std::uint64_t max_ns() const { return max_ns_; }

  // The lowest value of the bucket in which the quantile (0..1) lies; 0 when nothing was added.
  std::uint64_t quantile_ns(double quantile) const {
    if (total_ == 0) return 0;
    const auto rank = std::min(total_ - 1, static_cast<std::uint64_t>(quantile * static_cast<double>(total_)));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      seen += counts_[i];
      if (seen > rank) return lowest_of(i);
    }
    return 0;
  }

 private:
  // Below 64 each value has a bucket; above, each power of two has 64 of them.
  static constexpr unsigned kBits = 6;
  static constexpr std::size_t kSteps = 1U << kBits;

  static std::size_t bucket_of(std::uint64_t value) {
    if (value < kSteps) return static_cast<std::size_t>(value);
    const unsigned shift = static_cast<unsigned>(std::bit_width(value)) - 1 - kBits;
    return (shift + 1) * kSteps + static_cast<std::size_t>((value >> shift) & (kSteps - 1));
  }
  static std::uint64_t lowest_of(std::size_t bucket) {
    if (bucket < kSteps) return bucket;
    const std::size_t shift = bucket / kSteps - 1;
    return static_cast<std::uint64_t>(kSteps + bucket % kSteps) << shift;
  }

  std::array<std::uint64_t, (64 - kBits + 1) * kSteps> counts_{};
  std::uint64_t total_ = 0;
  std::uint64_t max_ns_ = 0;
};

}  // namespace propylon::bench
