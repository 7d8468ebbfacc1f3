#include "schema/json_schema/compile.h"

#include "schema/json_schema/definition_check.h"
#include "schema/json_schema/limits.h"
#include "schema/json_schema/message_reader.h"
#include "schema/json_schema/messages.h"
#include "schema/json_schema/tape_builder.h"

namespace propylon::schema::json_schema {
namespace {

constexpr std::string_view kNoJson = "json", kLimit = "limit";

MessageReader& reader_of(Scratch& scratch) {
  return scratch.part<MessageReader>(SchemaType::kJson, [] { return std::make_unique<MessageReader>(); });
}

class JsonSchema final : public CompiledSchema {
 public:
  explicit JsonSchema(Program program) : program_(std::move(program)) {}

  SchemaType type() const override { return SchemaType::kJson; }

  bool accepts(std::string_view message, Scratch& scratch) const override {
    MessageReader& reader = reader_of(scratch);
    if (const auto tape = reader.read(message)) {
      if (program_.needs_unique_names && has_repeated_names(*tape, tape->root()))
        return accepts_slowly(message, reader);
      if (verdict(*tape, reader)) return true;
      // A value that does not count, because its name comes again, may be why.
      return has_repeated_names(*tape, tape->root()) && accepts_slowly(message, reader);
    }
    return accepts_slowly(message, reader);
  }

  std::vector<Violation> violations(std::string_view message, Scratch& scratch) const override {
    if (accepts(message, scratch)) return {};
    const auto tape = build_tape(message, kMessageDepthMax);
    if (!tape) return {{"", std::string(kNoJson), "", tape.error().message}};
    std::vector<Violation> found;
    EvaluationState state{program_, tape->view(), reader_of(scratch).memory()};
    state.violations = &found;
    (void)Collection(state).node(program_.root, state.tape.root(), {}, {});
    // The limits may be met before the first violation is found, and met without one.
    if (found.empty()) found.push_back({"", std::string(kLimit), "", "it takes too many steps to judge this message"});
    return found;
  }

  std::string sentence(const std::vector<Violation>& violations, std::string_view name) const override {
    const Violation& first = violations.front();
    if (first.keyword == kNoJson) return "Bad JSON format - " + first.message;
    std::string url(name);
    return "jsonschema: " + quoted(first.pointer) + " does not validate with " + url.append("#") +
           first.schema_pointer + ": " + first.message;
  }

  std::size_t memory_bytes() const override {
    constexpr std::size_t kOfAutomaton = 16 * 1024;  // typical; the bound is kPatternMemoryMax
    return sizeof(Program) + program_.definition_bytes + program_.nodes.size() * sizeof(Node) +
           program_.instructions.size() * sizeof(Instruction) + program_.objects.size() * 4 * sizeof(ObjectPlan) +
           program_.patterns.size() * kOfAutomaton;
  }

 private:
  bool verdict(const Tape& tape, MessageReader& reader) const {
    EvaluationState state{program_, tape, reader.memory()};
    Position end;
    return Verdict(state).value(program_.nodes[program_.root], tape.root(), end) && !state.exhausted;
  }
  bool accepts_slowly(std::string_view message, MessageReader& reader) const {
    const auto tape = build_tape(message, kMessageDepthMax);
    return tape && verdict(tape->view(), reader);
  }

  const Program program_;
};

}  // namespace

std::expected<std::shared_ptr<const CompiledSchema>, std::vector<DefinitionFault>> compile_json_schema(
    std::string_view definition, const CompileOptions& options) {
  if (definition.size() > kDefinitionBytesMax) {
    return std::unexpected(std::vector<DefinitionFault>{
        {"", "a definition has at most " + std::to_string(kDefinitionBytesMax) + " bytes"}});
  }
  Library library(options.resolver);
  const auto root = library.add(definition, "");
  if (!root) return std::unexpected(std::vector<DefinitionFault>{{root.error().field, root.error().message}});
  if (auto faults = check_definition(library, *root, options.resolver); !faults.empty())
    return std::unexpected(std::move(faults));
  auto program = compile_program(library, *root, options.formats);
  if (!program) return std::unexpected(std::move(program).error());
  return std::make_shared<const JsonSchema>(*std::move(program));
}

}  // namespace propylon::schema::json_schema
