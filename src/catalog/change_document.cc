#include "catalog/change_document.h"

namespace propylon::catalog {
namespace {

// Those who change a kind of documents here share one thread; others are other gateways on the same catalog: one lost
// race is chance, three are a fault.
constexpr int kAttemptsMax = 3;

}  // namespace

Result<std::optional<Document>> change_document(Catalog& catalog, Kind kind, AccountId account, std::string_view name,
                                                const Decide& decide) {
  const auto store = [&](const std::optional<Document>& current,
                         std::optional<std::string> body) -> Result<std::optional<Document>> {
    if (!body) {
      if (current) PPL_CHECK(catalog.remove(kind, account, name, current->revision));
      return std::optional<Document>();
    }
    if (!current) return PPL_TRY(catalog.create(kind, account, name, *std::move(body)));
    if (*body == current->body) return current;
    return PPL_TRY(catalog.replace(kind, account, name, *std::move(body), current->revision));
  };
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    const auto current = PPL_TRY(catalog.find(kind, account, name));
    auto stored = store(current, PPL_TRY(decide(current)));
    if (stored || stored.error().code != ErrorCode::kConflict) return stored;
  }
  return fail(ErrorCode::kConflict, "Somebody else changes \"" + std::string(name) + "\" at the same time.");
}

}  // namespace propylon::catalog
