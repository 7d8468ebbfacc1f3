// A change of a document that others may change at the same time.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "catalog/catalog.h"

namespace propylon::catalog {

// From the document as it is now, empty when there is none: the body that it shall have, or nothing when it shall not
// be there. An error of its own changes nothing.
using Decide = std::function<Result<std::optional<std::string>>(const std::optional<Document>& current)>;

// Reads the document, lets `decide` say what becomes of it, and makes that true; and again, with what is there then,
// when somebody else came between. What is as it shall be already is left alone and keeps its revision. Gives the
// document as it is now; empty when there is none. Blocks as the catalog does.
// Errors: those of `decide`; kConflict (somebody else came between again and again); those of the catalog. Nothing was
// changed.
Result<std::optional<Document>> change_document(Catalog& catalog, Kind kind, AccountId account, std::string_view name,
                                                const Decide& decide);

}  // namespace propylon::catalog
