// Makes schemas and their versions, activates versions, removes schemas.
//
// Every change is durable in the catalog before it is answered, and acts on the next message: the directory hears of it
// before the call that made it returns, and the compiled schemas follow the directory.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "catalog/precondition.h"
#include "core/clock.h"
#include "core/loop.h"
#include "core/result.h"
#include "core/task.h"
#include "core/worker_pool.h"
#include "schema/compiler.h"
#include "schema/registry/compiled_schemas.h"
#include "schema/registry/options.h"
#include "schema/registry/schema.h"
#include "schema/registry/schema_directory.h"

namespace propylon::schema::registry {

// What somebody wants to be a version of a schema. The definition is UTF-8.
struct SchemaDraft {
  SchemaType type = SchemaType::kJson;
  std::string definition{};
  DefinitionForm form = DefinitionForm::kText;
  DefinitionOptions options{};
  // Whether the version becomes the active one. Absent: when it is new. The first version is active in any case.
  std::optional<bool> activate{};
};

struct SchemaPut {
  enum class Outcome : std::uint8_t {
    kSchemaCreated,
    kVersionAdded,
    kActivated,  // the version was there already
    kUnchanged,  // nothing was written
  } outcome = Outcome::kUnchanged;
  Schema schema{};
  std::uint32_t version = 1;  // the one that the draft is now
};

// Definitions are compiled and documents written on a thread of its own, one change after the other, behind a bounded
// queue. Thread: any loop's; a call stays on its loop. The loops must outlive it: its destructor waits for the change
// that is under way. What is given to it outlives it too.
class SchemaAdministration final {
 public:
  // What it has compiled and stored goes into `compiled`.
  SchemaAdministration(const Options& options, catalog::Catalog& catalog, const SchemaDirectory& schemas,
                       const Compiler& compiler, CompiledSchemas& compiled, const Clock& clock);

  // The types that can be put, as "json, avro".
  std::string supported_types() const { return schema::supported_types(compiler_); }

  // Names are checked by the caller (core/name_rules.h).
  //
  // Errors of all three, and nothing was changed: kPreconditionFailed; kConflict (somebody else changes the same schema
  // all the time); kOverloaded (the queue is full); those of the catalog; kDamaged when the schema's document cannot be
  // read (only remove() still works).

  // Makes the schema, or adds a version to it. A draft that is the same as one of the versions (definition and options,
  // not the form) is that version: nothing is added, and it becomes active only when the draft says so.
  // Errors: also kInvalidRequest (a type that is not supported, field "type"); kInvalidSchema when the definition does
  // not compile, and then `faults` holds every reason (it is left alone otherwise, and lives in the awaiting
  // coroutine); kConflict (another type than the schema's; the limits in schema.h); kOverloaded (those of the options).
  Task<Result<SchemaPut>> put(Loop& loop, SchemaRef which, SchemaDraft draft, catalog::Precondition precondition,
                              std::vector<DefinitionFault>& faults);
  // Makes a version the active one; nothing is written when it is that already. Errors: also kSchemaNotFound, for the
  // schema and for the version.
  Task<Result<Schema>> activate(Loop& loop, SchemaRef which, std::uint32_t version, catalog::Precondition precondition);
  // Removes the schema that was reserved, with its versions; the reservation ends then, whatever came out. That no
  // station names it is the caller's to see, after having reserved it. Errors: also kSchemaNotFound.
  Task<Result<void>> remove(Loop& loop, RemovalReservation reserved, catalog::Precondition precondition);

 private:
  // On the thread of its own.
  Result<SchemaPut> put_now(const SchemaRef& which, const SchemaDraft& draft, const catalog::Precondition& precondition,
                            std::vector<DefinitionFault>& faults);
  Result<Schema> activate_now(const SchemaRef& which, std::uint32_t version, const catalog::Precondition& precondition);
  Result<void> remove_now(const RemovalReservation& reserved, const catalog::Precondition& precondition);

  Result<CompiledPointer> compile(const SchemaDraft& draft, std::vector<DefinitionFault>& faults) const;
  // What the draft makes; not stored yet.
  Result<SchemaPut> new_schema(const SchemaRef& which, const SchemaDraft& draft) const;
  Result<SchemaPut> changed_schema(const catalog::Document& document, const SchemaDraft& draft) const;
  Result<void> check_room(const SchemaDraft& draft) const;
  SchemaVersion version_of(const SchemaDraft& draft) const;

  const Options& options_;
  catalog::Catalog& catalog_;
  const SchemaDirectory& schemas_;
  const Compiler& compiler_;
  CompiledSchemas& compiled_;
  const Clock& clock_;
  // One thread: two drafts of one schema become two versions, and the limits are kept exactly. Last: its jobs use what
  // stands above.
  WorkerPool pool_;
};

}  // namespace propylon::schema::registry
