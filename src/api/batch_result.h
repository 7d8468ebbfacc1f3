// Which elements of a batch were stored, as the answer of a batch that was not accepted whole.
//
//   {"errors":["..."],"fail":1,"sent":2,"success":false,"results":[{"index":0,"stored":true,"seq":17},
//    {"index":1,"stored":false,"code":"schema_violation","error":"...","errors":[...]}, ...], and the common error
//    members}
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/ids.h"

namespace propylon::api {

// Thread: caller serialises.
class BatchResult final {
 public:
  struct Refusal {
    Error error;
    std::string violations_json{};  // a JSON array; empty: none, the schema is not the reason
  };

  explicit BatchResult(std::size_t elements) : refusals_(elements) {}

  void refuse(std::size_t index, Refusal refusal) { refusals_[index] = std::move(refusal); }
  // Null when the element is not refused.
  const Refusal* refusal(std::size_t index) const { return refusals_[index] ? &*refusals_[index] : nullptr; }
  bool any_refused() const;
  // Every element that is not refused yet counts as refused because another one was.
  void refuse_rest();
  // The elements that are not refused were stored one after the other, beginning with this sequence.
  void stored_from(Sequence first) { first_ = first; }

  // kBatchPartlyRefused with the text of the first refusal. At least one element must be refused.
  Error error() const;
  // The members that stand beside the common ones: errors, fail, sent, results.
  std::string members_json() const;

 private:
  std::vector<std::optional<Refusal>> refusals_;
  Sequence first_;
};

}  // namespace propylon::api
