// What each element of a batch is worth: whether it is small enough and fits the station's schema.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "api/batch_result.h"
#include "api/station_schema.h"

namespace propylon::api {

// The lists of violations in one answer, together; elements beyond it have the first violation only. 10,000 elements
// with 100 violations each would be 150 MB.
inline constexpr std::size_t kViolationsListedBytesMax = 4 * kMiB;

struct BatchJudgement {
  explicit BatchJudgement(std::size_t elements) : result(elements) {}
  BatchResult result;
  std::vector<std::string_view> good;  // the elements that are not refused
  std::vector<std::size_t> misfits;    // the indexes of those that the schema refused
};

// `bytes_max` is that of an element. Thread: any; `scratch` is that thread's.
BatchJudgement judge_batch(std::span<const std::string_view> elements, std::uint64_t bytes_max,
                           const HeldSchema& schema, schema::Scratch& scratch);

}  // namespace propylon::api
