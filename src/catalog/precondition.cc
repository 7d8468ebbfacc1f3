#include "catalog/precondition.h"

namespace propylon::catalog {

Result<void> check(const Precondition& precondition, const std::optional<Document>& document) {
  if (document && precondition.must_not_exist) {
    return fail(ErrorCode::kPreconditionFailed, "It exists, with revision " + std::to_string(document->revision) + ".",
                "If-None-Match");
  }
  const bool wants_one = precondition.must_exist || precondition.revision;
  if (!document && wants_one) return fail(ErrorCode::kPreconditionFailed, "It does not exist.", "If-Match");
  if (precondition.revision && *precondition.revision != document->revision) {
    return fail(ErrorCode::kPreconditionFailed,
                "Somebody else changed it: its revision is " + std::to_string(document->revision) + ".", "If-Match");
  }
  return {};
}

}  // namespace propylon::catalog
