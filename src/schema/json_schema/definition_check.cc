#include "schema/json_schema/definition_check.h"

#include <array>
#include <mutex>

#include "core/assert.h"
#include "schema/json_schema/compiler.h"
#include "schema/json_schema/evaluation.h"
#include "schema/json_schema/limits.h"

namespace propylon::schema::json_schema {
namespace {

using Compiled = std::expected<Program, std::vector<DefinitionFault>>;

Compiled compile_meta_schema(std::string_view uri, const Resolver& resolver) {
  Library library(resolver);
  const auto resource = library.resource_of(uri);
  if (!resource) return std::unexpected(std::vector<DefinitionFault>{{"/$schema", resource.error().message}});
  return compile_program(library, library.resource(*resource).root, FormatRule::kAnnotate);
}

const Program& meta_schema_of(Draft draft) {
  struct Entry {
    std::once_flag once;
    Program program;
  };
  static std::array<Entry, kDrafts.size()> entries;
  Entry& entry = entries[static_cast<std::size_t>(draft)];
  std::call_once(entry.once, [&] {
    auto compiled = compile_meta_schema(meta_schema_uri(draft), {});
    PPL_ASSERT(compiled);
    entry.program = *std::move(compiled);
  });
  return entry.program;
}

std::vector<DefinitionFault> judge(const Program& meta_schema, const Tape& definition, Position root) {
  EvaluationMemory memory;
  std::vector<Violation> violations;
  EvaluationState state{meta_schema, definition, memory};
  const bool fit = Verdict(state).node(meta_schema.root, root, {}, {});
  if (state.exhausted) return {{"", "it takes too many steps to check this definition"}};
  if (fit) return {};
  EvaluationState collecting{meta_schema, definition, memory};
  collecting.violations = &violations;
  (void)Collection(collecting).node(meta_schema.root, root, {}, {});
  std::vector<DefinitionFault> faults;
  for (Violation& violation : violations)
    faults.push_back({std::move(violation.pointer), std::move(violation.message)});
  if (faults.empty()) faults.push_back({"", "it takes too many steps to check this definition"});
  return faults;
}

}  // namespace

std::vector<DefinitionFault> check_definition(const Library& library, Place root, const Resolver& resolver) {
  const Tape tape = library.tape(root);
  const Position named = tape.is_object(root.at) ? tape.find(root.at, "$schema") : 0;
  if (named != 0 && tape.is_string(named) && !draft_of_meta_schema(tape.text(named))) {
    const auto program = compile_meta_schema(tape.text(named), resolver);
    return program ? judge(*program, tape, root.at) : program.error();
  }
  return judge(meta_schema_of(library.resource(library.subschema(root).resource).dialect.draft), tape, root.at);
}

}  // namespace propylon::schema::json_schema
