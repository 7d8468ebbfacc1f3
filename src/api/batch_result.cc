#include "api/batch_result.h"

#include <algorithm>

#include "core/assert.h"
#include "json/writer.h"

namespace propylon::api {
namespace {

// Refused for what it is, not for what another one is.
bool is_at_fault(const std::optional<BatchResult::Refusal>& refusal) {
  return refusal && refusal->error.code != ErrorCode::kBatchPartlyRefused;
}

void write_refusal(json::Writer& writer, const BatchResult::Refusal& refusal) {
  writer.key("code").string(to_string(refusal.error.code)).key("error").text(refusal.error.message);
  if (!refusal.violations_json.empty()) writer.key("errors").raw(refusal.violations_json);
}

}  // namespace

bool BatchResult::any_refused() const {
  return std::ranges::any_of(refusals_, [](const auto& refusal) { return refusal.has_value(); });
}

void BatchResult::refuse_rest() {
  for (auto& refusal : refusals_) {
    if (refusal) continue;
    refusal = Refusal{{ErrorCode::kBatchPartlyRefused,
                       "Not stored, because another element of the atomic batch was refused.",
                       {},
                       0}};
  }
}

Error BatchResult::error() const {
  const auto first = std::ranges::find_if(refusals_, is_at_fault);
  PPL_ASSERT(first != refusals_.end());
  return {ErrorCode::kBatchPartlyRefused, (*first)->error.message, {}, 0};
}

std::string BatchResult::members_json() const {
  std::string members;
  json::Writer writer(members);
  writer.key("errors").begin_array();
  std::size_t failed = 0;
  for (const auto& refusal : refusals_) {
    if (refusal) ++failed;
    if (is_at_fault(refusal)) writer.text(refusal->error.message);
  }
  writer.end_array();
  writer.key("fail").number(failed).key("sent").number(refusals_.size() - failed).key("results").begin_array();
  std::uint64_t sequence = first_.value;
  for (std::size_t i = 0; i < refusals_.size(); ++i) {
    const auto& refusal = refusals_[i];
    writer.begin_object().key("index").number(i).key("stored").boolean(!refusal);
    if (refusal) {
      write_refusal(writer, *refusal);
    } else {
      writer.key("seq").number(sequence++);
    }
    writer.end_object();
  }
  writer.end_array();
  return members;
}

}  // namespace propylon::api
