// What must hold of a document for a change of it to be made.
#pragma once
#include <cstdint>
#include <optional>

#include "core/result.h"

namespace propylon::catalog {

struct Precondition {
  std::optional<std::uint64_t> revision{};  // the document has this one; a missing one has none
  bool must_exist = false;
  bool must_not_exist = false;
};

// `revision` is the document's, empty when there is none. A change that follows must name that revision to the
// catalog, or somebody else may come between. Errors: kPreconditionFailed, saying which revision it has.
Result<void> check(const Precondition& precondition, std::optional<std::uint64_t> revision);

}  // namespace propylon::catalog
