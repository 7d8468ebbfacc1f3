// What must hold of a document for a change of it to be made.
#pragma once
#include <cstdint>
#include <optional>

#include "catalog/catalog.h"
#include "core/result.h"

namespace propylon::catalog {

struct Precondition {
  std::optional<std::uint64_t> revision{};  // the document has this one; a missing one has none
  bool must_exist = false;
  bool must_not_exist = false;
};

// `document` is empty when there is none; `subject` is what the refusal begins with, as "Schema orders". A change that
// follows must name its revision to the catalog, as change_document() does, or somebody else may come between. Errors:
// kPreconditionFailed, saying which revision it has.
Result<void> check(const Precondition& precondition, const std::optional<Document>& document, std::string_view subject);

}  // namespace propylon::catalog
