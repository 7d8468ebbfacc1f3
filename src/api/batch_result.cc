#include "api/batch_result.h"

#include <algorithm>

#include "core/assert.h"
#include "json/writer.h"

namespace propylon::api {

void BatchResult::refuse_rest() {
  for (auto& refusal : refusals_) {
    if (refusal) continue;
    refusal = Error{
        ErrorCode::kBatchPartlyRefused, "Not stored, because another element of the atomic batch was refused.", {}, 0};
  }
}

Error BatchResult::error() const {
  const auto first = std::ranges::find_if(
      refusals_, [](const auto& refusal) { return refusal && refusal->code != ErrorCode::kBatchPartlyRefused; });
  PPL_ASSERT(first != refusals_.end());
  return {ErrorCode::kBatchPartlyRefused, (*first)->message, {}, 0};
}

std::string BatchResult::members_json() const {
  std::string members;
  json::Writer writer(members);
  writer.key("errors").begin_array();
  std::size_t failed = 0;
  for (const auto& refusal : refusals_) {
    if (!refusal) continue;
    ++failed;
    if (refusal->code != ErrorCode::kBatchPartlyRefused) writer.text(refusal->message);
  }
  writer.end_array();
  writer.key("fail").number(failed).key("sent").number(refusals_.size() - failed).key("results").begin_array();
  std::uint64_t sequence = first_.value;
  for (std::size_t i = 0; i < refusals_.size(); ++i) {
    const auto& refusal = refusals_[i];
    writer.begin_object().key("index").number(i).key("stored").boolean(!refusal);
    if (refusal) {
      writer.key("code").string(to_string(refusal->code)).key("error").text(refusal->message);
    } else {
      writer.key("seq").number(sequence++);
    }
    writer.end_object();
  }
  writer.end_array();
  return members;
}

}  // namespace propylon::api
