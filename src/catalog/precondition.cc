#include "catalog/precondition.h"

namespace propylon::catalog {

Result<void> check(const Precondition& precondition, const std::optional<Document>& document,
                   std::string_view subject) {
  const auto refuse = [subject](const std::string& what, std::string field) {
    return fail(ErrorCode::kPreconditionFailed, std::string(subject) + what, std::move(field));
  };
  if (document && precondition.must_not_exist) {
    return refuse(" exists, with revision " + std::to_string(document->revision) + ".", "If-None-Match");
  }
  const bool wants_one = precondition.must_exist || precondition.revision;
  if (!document && wants_one) return refuse(" does not exist.", "If-Match");
  if (precondition.revision && *precondition.revision != document->revision) {
    return refuse(" was changed by somebody else: its revision is " + std::to_string(document->revision) + ".",
                  "If-Match");
  }
  return {};
}

}  // namespace propylon::catalog
