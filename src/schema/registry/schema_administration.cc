#include "schema/registry/schema_administration.h"

#include <algorithm>
#include <utility>

#include "catalog/change_document.h"
#include "core/yield_to_loops.h"

namespace propylon::schema::registry {
namespace {

using catalog::Document;
using catalog::Kind;
using Outcome = SchemaPut::Outcome;

constexpr std::size_t kQueueMax = 64;

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
                                           const SchemaDirectory& schemas, const Compiler& compiler,
                                           CompiledSchemas& compiled, const Clock& clock)
    : options_(options),
      catalog_(catalog),
      schemas_(schemas),
      compiler_(compiler),
      compiled_(compiled),
      clock_(clock),
      pool_("schemas", 1, kQueueMax) {}

Task<Result<SchemaPut>> SchemaAdministration::put(Loop& loop, SchemaRef which, SchemaDraft draft,
                                                  catalog::Precondition precondition,
                                                  std::vector<DefinitionFault>& faults) {
  auto work = [&] { return put_now(which, draft, precondition, faults); };
  auto result = co_await run_on(pool_, loop, std::move(work));
  co_return std::move(result);
}

Task<Result<Schema>> SchemaAdministration::activate(Loop& loop, SchemaRef which, std::uint32_t version,
                                                    catalog::Precondition precondition) {
  auto work = [&] { return activate_now(which, version, precondition); };
  auto result = co_await run_on(pool_, loop, std::move(work));
  co_return std::move(result);
}

Task<Result<void>> SchemaAdministration::remove(Loop& loop, RemovalReservation reserved,
                                                catalog::Precondition precondition) {
  auto work = [&] { return remove_now(reserved, precondition); };
  auto result = co_await run_on(pool_, loop, std::move(work));
  co_return std::move(result);
}

Result<SchemaPut> SchemaAdministration::put_now(const SchemaRef& which, const SchemaDraft& draft,
                                                const catalog::Precondition& precondition,
                                                std::vector<DefinitionFault>& faults) {
  yield_to_loops(Patience::kCanWait);
  const auto compiled = PPL_TRY(compile(draft, faults));
  SchemaPut put;
  const auto decide = [&](const std::optional<Document>& current) -> Result<std::optional<std::string>> {
    PPL_CHECK(catalog::check(precondition, current, "Schema " + which.name));
    put = PPL_TRY(current ? changed_schema(*current, draft) : new_schema(which, draft));
    return to_catalog_body(put.schema);
  };
  const auto stored = PPL_TRY(catalog::change_document(catalog_, Kind::kSchema, which.account, which.name, decide));
  put.schema = PPL_TRY(schema_from_document(*stored));
  compiled_.adopt(put.schema, put.version, compiled);
  return put;
}

Result<CompiledPointer> SchemaAdministration::compile(const SchemaDraft& draft,
                                                      std::vector<DefinitionFault>& faults) const {
  if (!compiler_.supports(draft.type)) {
    return fail(ErrorCode::kInvalidRequest, "unsupported schema type; supported: " + supported_types(), "type");
  }
  auto compiled = compiler_.compile(draft.type, draft.definition, draft.options);
  if (compiled) return *std::move(compiled);
  faults = std::move(compiled).error();
  const DefinitionFault& first = faults.front();
  const std::string place = first.pointer.empty() ? "" : " at " + first.pointer;
  return fail(ErrorCode::kInvalidSchema, "The definition does not compile" + place + ": " + first.message,
              "definition");
}

Result<SchemaPut> SchemaAdministration::new_schema(const SchemaRef& which, const SchemaDraft& draft) const {
  if (schemas_.totals().schemas >= options_.schemas_max) {
    return fail(ErrorCode::kOverloaded,
                "The server has as many schemas as schemas_max allows (" + std::to_string(options_.schemas_max) + ").");
  }
  PPL_CHECK(check_room(draft));
  Schema schema{.account = which.account, .name = which.name, .type = draft.type};
  schema.versions.push_back(version_of(draft));
  return SchemaPut{.outcome = Outcome::kSchemaCreated, .schema = std::move(schema)};
}

Result<SchemaPut> SchemaAdministration::changed_schema(const Document& document, const SchemaDraft& draft) const {
  Schema current = PPL_TRY(schema_from_document(document));
  if (current.type != draft.type) {
    return fail(
        ErrorCode::kConflict,
        "The schema \"" + current.name + "\" exists with the type " + std::string(to_string(current.type)) + ".",
        "type");
  }
  std::uint32_t version = same_version(current, draft);
  auto outcome = Outcome::kUnchanged;
  if (version == 0) {
    PPL_CHECK(check_limits(current, draft));
    PPL_CHECK(check_room(draft));
    current.versions.push_back(version_of(draft));
    version = static_cast<std::uint32_t>(current.versions.size());
    if (draft.activate.value_or(true)) current.active_version = version;
    outcome = Outcome::kVersionAdded;
  } else if (draft.activate.value_or(false) && current.active_version != version) {
    current.active_version = version;
    outcome = Outcome::kActivated;
  }
  return SchemaPut{.outcome = outcome, .schema = std::move(current), .version = version};
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

Result<Schema> SchemaAdministration::activate_now(const SchemaRef& which, std::uint32_t version,
                                                  const catalog::Precondition& precondition) {
  yield_to_loops(Patience::kCanWait);
  const auto decide = [&](const std::optional<Document>& current) -> Result<std::optional<std::string>> {
    if (!current) return std::unexpected(no_such_schema(which.name));
    PPL_CHECK(catalog::check(precondition, current, "Schema " + which.name));
    Schema schema = PPL_TRY(schema_from_document(*current));
    if (version == 0 || !schema.find(version)) return std::unexpected(no_such_version(which.name, version));
    schema.active_version = version;
    return to_catalog_body(schema);
  };
  const auto stored = PPL_TRY(catalog::change_document(catalog_, Kind::kSchema, which.account, which.name, decide));
  return schema_from_document(*stored);
}

Result<void> SchemaAdministration::remove_now(const RemovalReservation& reserved,
                                              const catalog::Precondition& precondition) {
  yield_to_loops(Patience::kCanWait);
  const auto decide = [&](const std::optional<Document>& current) -> Result<std::optional<std::string>> {
    if (!current) return std::unexpected(no_such_schema(reserved.name()));
    PPL_CHECK(catalog::check(precondition, current, "Schema " + reserved.name()));
    return std::nullopt;
  };
  PPL_CHECK(catalog::change_document(catalog_, Kind::kSchema, reserved.account(), reserved.name(), decide));
  return {};
}

}  // namespace propylon::schema::registry
