#include "api/batch_judgement.h"

#include <limits>
#include <string>
#include <utility>

#include "api/schema_refusal.h"

namespace propylon::api {
namespace {

Error too_large(std::size_t bytes, std::uint64_t bytes_max) {
  return {ErrorCode::kBodyTooLarge,
          "The element has " + std::to_string(bytes) + " bytes; a message may have " + std::to_string(bytes_max) + ".",
          {},
          0};
}

}  // namespace

BatchJudgement judge_batch(std::span<const std::string_view> elements, std::uint64_t bytes_max,
                           const HeldSchema& schema, schema::Scratch& scratch) {
  BatchJudgement judgement(elements.size());
  std::size_t listed_bytes = 0;
  for (std::size_t i = 0; i < elements.size(); ++i) {
    const std::string_view element = elements[i];
    if (element.size() > bytes_max) {
      judgement.result.refuse(i, {too_large(element.size(), bytes_max)});
      continue;
    }
    if (!schema.compiled || schema.compiled->accepts(element, scratch)) {
      judgement.good.push_back(element);
      continue;
    }
    const std::size_t listed_max =
        listed_bytes < kViolationsListedBytesMax ? std::numeric_limits<std::size_t>::max() : 1;
    auto refusal = refusal_of(schema.compiled->violations(element, scratch), *schema.compiled, schema.name, listed_max);
    listed_bytes += refusal.violations_json.size();
    judgement.misfits.push_back(i);
    judgement.result.refuse(i, {std::move(refusal.error), std::move(refusal.violations_json)});
  }
  return judgement;
}

}  // namespace propylon::api
