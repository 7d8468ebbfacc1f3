#include "catalog/precondition.h"

namespace propylon::catalog {

Result<void> check(const Precondition& precondition, std::optional<std::uint64_t> revision) {
  if (revision && precondition.must_not_exist) {
    return fail(ErrorCode::kPreconditionFailed, "It exists, with revision " + std::to_string(*revision) + ".",
                "If-None-Match");
  }
  const bool wants_one = precondition.must_exist || precondition.revision;
  if (!revision && wants_one) return fail(ErrorCode::kPreconditionFailed, "It does not exist.", "If-Match");
  if (precondition.revision && *precondition.revision != *revision) {
    return fail(ErrorCode::kPreconditionFailed,
                "Somebody else changed it: its revision is " + std::to_string(*revision) + ".", "If-Match");
  }
  return {};
}

}  // namespace propylon::catalog
