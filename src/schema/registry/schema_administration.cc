#include "schema/registry/schema_administration.h"

#include <algorithm>
#include <utility>

#include "core/yield_to_loops.h"

namespace propylon::schema::registry {
namespace {

using catalog::Kind;
using Outcome = SchemaPut::Outcome;

constexpr std::size_t kQueueMax = 64;
// Other writers than this one are other gateways on the same catalog: one lost race is chance, three are a fault.
constexpr int kAttemptsMax = 3;

// Calls `attempt`, which gives a Result of an optional or of a bool, until there is something in it.
template <class Attempt>
auto repeat(Attempt attempt) -> decltype(attempt()) {
  yield_to_loops(Patience::kCanWait);
  for (int i = 0; i < kAttemptsMax; ++i) {
    auto result = attempt();
    if (!result || *result) return result;
  }
  return fail(ErrorCode::kConflict, "Somebody else changes this schema at the same time.");
}

std::optional<std::uint64_t> revision_of(const std::optional<catalog::Document>& document) {
  return document ? std::optional(document->revision) : std::nullopt;
}

// The schema of a document that was written; an empty optional when somebody else was faster.
Result<std::optional<Schema>> written(const Result<catalog::Document>& document) {
  if (!document && document.error().code == ErrorCode::kConflict) return std::optional<Schema>();
  if (!document) return std::unexpected(document.error());
  return std::optional(PPL_TRY(schema_from_document(*document)));
}

Result<std::optional<SchemaPut>> outcome_of(Result<std::optional<Schema>>&& schema, Outcome outcome,
                                            std::uint32_t version) {
  if (!schema) return std::unexpected(std::move(schema).error());
  if (!*schema) return std::optional<SchemaPut>();
  return std::optional(SchemaPut{.outcome = outcome, .schema = **std::move(schema), .version = version});
}

// 0 when there is none.
std::uint32_t same_version(const Schema& schema, const SchemaDraft& draft) {
  const auto same = std::ranges::find_if(schema.versions, [&](const SchemaVersion& version) {
    return version.definition == draft.definition && version.options == draft.options;
  });
  if (same == schema.versions.end()) return 0;
  return static_cast<std::uint32_t>(same - schema.versions.begin()) + 1;
}

Result<void> check_limits(const Schema& schema, const SchemaDraft& draft) {
  if (schema.versions.size() >= kVersionsMax)
    return fail(ErrorCode::kConflict, "The schema \"" + schema.name + "\" has as many versions as a schema can have (" +
                                          std::to_string(kVersionsMax) + ").");
  if (schema.definition_bytes() + draft.definition.size() > kVersionsBytesMax)
    return fail(ErrorCode::kConflict, "The versions of the schema \"" + schema.name +
                                          "\" together would have more bytes than a schema can have (" +
                                          std::to_string(kVersionsBytesMax) + ").");
  return {};
}

}  // namespace

SchemaAdministration::SchemaAdministration(const Options& options, catalog::Catalog& catalog,
                                           const SchemaDirectory& schemas, const Compiler& compiler, const Clock& clock)
    : options_(options),
      catalog_(catalog),
      schemas_(schemas),
      compiler_(compiler),
      clock_(clock),
      pool_("schemas", 1, kQueueMax) {}

Task<Result<SchemaPut>> SchemaAdministration::put(Loop& loop, SchemaRef which, SchemaDraft draft,
                                                  catalog::Precondition precondition,
                                                  std::vector<DefinitionFault>& faults) {
  auto work = [&]() -> Result<SchemaPut> {
    yield_to_loops(Patience::kCanWait);
    PPL_CHECK(check_compiles(draft, faults));
    auto put = repeat([&] { return try_put(which, draft, precondition); });
    if (!put) return std::unexpected(std::move(put).error());
    return **std::move(put);
  };
  auto result = co_await run_on(pool_, loop, std::move(work));
  co_return std::move(result);
}

Task<Result<Schema>> SchemaAdministration::activate(Loop& loop, SchemaRef which, std::uint32_t version,
                                                    catalog::Precondition precondition) {
  auto work = [&]() -> Result<Schema> {
    auto activated = repeat([&] { return try_activate(which, version, precondition); });
    if (!activated) return std::unexpected(std::move(activated).error());
    return **std::move(activated);
  };
  auto result = co_await run_on(pool_, loop, std::move(work));
  co_return std::move(result);
}

Task<Result<void>> SchemaAdministration::remove(Loop& loop, RemovalReservation reserved,
                                                catalog::Precondition precondition) {
  auto work = [&]() -> Result<void> {
    PPL_CHECK(repeat([&] { return try_remove(reserved, precondition); }));
    return {};
  };
  auto result = co_await run_on(pool_, loop, std::move(work));
  co_return std::move(result);
}

Result<void> SchemaAdministration::check_compiles(const SchemaDraft& draft,
                                                  std::vector<DefinitionFault>& faults) const {
  if (!compiler_.supports(draft.type)) return fail(ErrorCode::kInvalidRequest, "unsupported schema type", "type");
  auto compiled = compiler_.compile(draft.type, draft.definition, draft.options);
  if (compiled) return {};
  faults = std::move(compiled).error();
  const DefinitionFault& first = faults.front();
  const std::string place = first.pointer.empty() ? "" : " at " + first.pointer;
  return fail(ErrorCode::kInvalidSchema, "The definition does not compile" + place + ": " + first.message,
              "definition");
}

// On the one thread that adds, so that nothing comes between the look and the change.
Result<void> SchemaAdministration::check_room(const SchemaDraft& draft) const {
  if (schemas_.totals().definition_bytes + draft.definition.size() <= options_.schema_definitions_bytes_max) return {};
  return fail(ErrorCode::kOverloaded,
              "The server has as many bytes of definitions as schema_definitions_bytes_max allows (" +
                  std::to_string(options_.schema_definitions_bytes_max) + ").");
}

SchemaVersion SchemaAdministration::version_of(const SchemaDraft& draft) const {
  return {.definition = draft.definition, .form = draft.form, .options = draft.options, .created = clock_.wall()};
}

Result<std::optional<SchemaPut>> SchemaAdministration::try_put(const SchemaRef& which, const SchemaDraft& draft,
                                                               const catalog::Precondition& precondition) {
  const auto document = PPL_TRY(catalog_.find(Kind::kSchema, which.account, which.name));
  PPL_CHECK(catalog::check(precondition, revision_of(document)));
  if (!document) return try_create(which, draft);
  Schema current = PPL_TRY(schema_from_document(*document));
  if (current.type != draft.type) {
    return fail(ErrorCode::kConflict,
                "The schema \"" + which.name + "\" exists with the type " + std::string(to_string(current.type)) + ".",
                "type");
  }
  const std::uint32_t same = same_version(current, draft);
  if (same == 0) return try_add_version(std::move(current), draft);
  if (!draft.activate.value_or(false) || current.active_version == same)
    return std::optional(SchemaPut{.outcome = Outcome::kUnchanged, .schema = std::move(current), .version = same});
  current.active_version = same;
  return outcome_of(replace(current), Outcome::kActivated, same);
}

Result<std::optional<SchemaPut>> SchemaAdministration::try_create(const SchemaRef& which, const SchemaDraft& draft) {
  if (schemas_.totals().schemas >= options_.schemas_max) {
    return fail(ErrorCode::kOverloaded,
                "The server has as many schemas as schemas_max allows (" + std::to_string(options_.schemas_max) + ").");
  }
  PPL_CHECK(check_room(draft));
  Schema schema{.account = which.account, .name = which.name, .type = draft.type};
  schema.versions.push_back(version_of(draft));
  auto document = catalog_.create(Kind::kSchema, which.account, which.name, to_catalog_body(schema));
  return outcome_of(written(document), Outcome::kSchemaCreated, 1);
}

Result<std::optional<SchemaPut>> SchemaAdministration::try_add_version(Schema current, const SchemaDraft& draft) {
  PPL_CHECK(check_limits(current, draft));
  PPL_CHECK(check_room(draft));
  current.versions.push_back(version_of(draft));
  const auto number = static_cast<std::uint32_t>(current.versions.size());
  if (draft.activate.value_or(true)) current.active_version = number;
  return outcome_of(replace(current), Outcome::kVersionAdded, number);
}

Result<std::optional<Schema>> SchemaAdministration::try_activate(const SchemaRef& which, std::uint32_t version,
                                                                 const catalog::Precondition& precondition) {
  const auto document = PPL_TRY(catalog_.find(Kind::kSchema, which.account, which.name));
  if (!document) return std::unexpected(no_such_schema(which.name));
  PPL_CHECK(catalog::check(precondition, document->revision));
  Schema schema = PPL_TRY(schema_from_document(*document));
  if (version == 0 || !schema.find(version)) return std::unexpected(no_such_version(which.name, version));
  if (schema.active_version == version) return std::optional(std::move(schema));
  schema.active_version = version;
  return replace(schema);
}

Result<bool> SchemaAdministration::try_remove(const RemovalReservation& reserved,
                                              const catalog::Precondition& precondition) {
  const auto document = PPL_TRY(catalog_.find(Kind::kSchema, reserved.account(), reserved.name()));
  if (!document) return std::unexpected(no_such_schema(reserved.name()));
  PPL_CHECK(catalog::check(precondition, document->revision));
  const auto removed = catalog_.remove(Kind::kSchema, reserved.account(), reserved.name(), document->revision);
  if (!removed && removed.error().code == ErrorCode::kConflict) return false;
  PPL_CHECK(removed);
  return true;
}

Result<std::optional<Schema>> SchemaAdministration::replace(const Schema& next) {
  return written(catalog_.replace(Kind::kSchema, next.account, next.name, to_catalog_body(next), next.revision));
}

}  // namespace propylon::schema::registry
