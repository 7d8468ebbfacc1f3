// Runs a Program over one value: only a verdict, or with every violation.
//
// Both ways are one template, so that they cannot disagree: EvaluationMode::kVerdict stops at the first failure and
// keeps no paths; kCollect goes on and reports. Branches that may fail without the whole failing (anyOf, not, if) are
// judged in the first way even when collecting, and gone through again for what is wrong in them.
#pragma once
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <vector>

#include "schema/compiled_schema.h"
#include "schema/json_schema/limits.h"
#include "schema/json_schema/program.h"

namespace propylon::schema::json_schema {

// Used again from message to message.
struct EvaluationMemory {
  std::vector<std::uint64_t> marks;      // see Marks
  std::vector<std::uint32_t> resources;  // the dynamic scope: resources that led here, outermost first
};

// What one evaluation shares among its parts.
struct EvaluationState {
  const Program& program;
  const Tape tape;
  EvaluationMemory& memory;
  std::uint64_t steps = kEvaluationSteps + kEvaluationStepsPerWord * (tape.next(tape.root()) - tape.root());
  std::uint32_t depth = 0;
  bool exhausted = false;  // a limit was met: what was found so far means nothing
  std::vector<Violation>* violations = nullptr;
};

// One bit for each member or item of a value: which of them some keyword has looked at. Not there unless some
// unevaluated* wants to know. Lies in EvaluationMemory::marks.
struct Marks {
  std::uint32_t offset = UINT32_MAX;
  std::uint32_t words = 0;
  bool wanted() const { return offset != UINT32_MAX; }
};

// A step of the way into the schema or into the message; they lie on the stack and form a list up to the root.
struct PathStep {
  enum class Kind : std::uint8_t { kRoot, kSchema, kSchemaIndex, kInstance, kInstanceIndex };
  const PathStep* parent = nullptr;
  Kind kind = Kind::kRoot;
  std::string_view text;
  std::size_t index = 0;

  PathStep() = default;
  PathStep(const PathStep& up, Kind what, std::string_view token) : parent(&up), kind(what), text(token) {}
  PathStep(const PathStep& up, Kind what, std::size_t number) : parent(&up), kind(what), index(number) {}
};

// The same where nobody asks.
struct NoPath {
  NoPath() = default;
  template <class Token>
  NoPath(const NoPath&, PathStep::Kind, const Token&) {}
};

enum class EvaluationMode { kVerdict, kCollect };

template <EvaluationMode mode>
class Evaluation final {
 public:
  using Path = std::conditional_t<mode == EvaluationMode::kCollect, PathStep, NoPath>;

  explicit Evaluation(EvaluationState& state) : state_(state), program_(state.program), tape_(state.tape) {}

  // Whether the value fits the node; with kCollect everything that is wrong is in state.violations.
  bool node(NodeIndex index, Position at, const Path& path, Marks marks);
  // The same for a verdict, where nobody asks what was looked at in the value: leaves, and objects and arrays of them,
  // are settled without instructions. `next` becomes the position behind the value.
  bool value(const Node& node, Position at, Position& next)
    requires(mode == EvaluationMode::kVerdict);

 private:
  static constexpr bool kCollecting = mode == EvaluationMode::kCollect;
  using Kind = PathStep::Kind;

  bool instructions(const Node& node, Position at, const Path& path, Marks marks);
  bool apply(const Instruction& instruction, Position at, const Path& path, Marks marks);
  bool has_type(std::uint8_t types, Position at) const;
  [[gnu::noinline]] bool beyond_leaf(const Node& node, Position at)
    requires(mode == EvaluationMode::kVerdict);
  // evaluation_scalars.h
  bool one_of(const Instruction& instruction, Position at, const Path& path);
  bool format(const Instruction& instruction, Position at, const Path& path);
  bool length(const Instruction& instruction, Position at, const Path& path);
  bool pattern(const Instruction& instruction, Position at, const Path& path);
  bool bound(const Instruction& instruction, Position at, const Path& path);
  bool multiple(const Instruction& instruction, Position at, const Path& path);
  // evaluation_object.h
  bool object(const ObjectPlan& plan, Position at, const Path& path, Marks marks);
  bool named_members(const ObjectPlan& plan, Position at)
    requires(mode == EvaluationMode::kVerdict);
  bool members(const ObjectPlan& plan, Position at, const Path& path, Marks marks)
    requires(mode == EvaluationMode::kVerdict);
  bool member_by_patterns(const ObjectPlan& plan, Position key, bool& known, const Path& path);
  bool required_beyond_mask(const ObjectPlan& plan, Position at);
  bool collect_object(const ObjectPlan& plan, Position at, const Path& path, Marks marks);
  bool collect_required(const ObjectPlan& plan, Position at, const Path& path);
  bool collect_declared(const ObjectPlan& plan, Position at, const Path& path, Marks marks);
  bool collect_names(const ObjectPlan& plan, Position at, const Path& path);
  bool collect_patterns(const ObjectPlan& plan, Position at, const Path& path, Marks marks);
  bool collect_additional(const ObjectPlan& plan, Position at, const Path& path, Marks marks);
  bool is_known(const ObjectPlan& plan, Position key);
  bool dependent_required(const DependentRequired& rule, Position at, const Path& path);
  bool dependent_schema(const DependentSchema& rule, Position at, const Path& path, Marks marks);
  bool unevaluated_properties(NodeIndex node, Position at, const Path& path, Marks marks);
  // evaluation_array.h
  bool item_count(const Instruction& instruction, Position at, const Path& path);
  bool unique_items(Position at, const Path& path);
  bool equal_pair(Position at, std::size_t& first, std::size_t& second);
  bool all_items(const Node& node, Position at)
    requires(mode == EvaluationMode::kVerdict);
  bool items(const ItemsPlan& plan, Position at, const Path& path, Marks marks);
  bool contains(const ContainsPlan& plan, Position at, const Path& path, Marks marks);
  bool unevaluated_items(NodeIndex node, Position at, const Path& path, Marks marks);
  // evaluation_branches.h
  bool reference(const Instruction& instruction, Position at, const Path& path, Marks marks);
  bool negation(NodeIndex node, Position at, const Path& path);
  bool all_of(const std::vector<NodeIndex>& branches, Position at, const Path& path, Marks marks);
  bool any_of(const std::vector<NodeIndex>& branches, Position at, const Path& path, Marks marks);
  bool exactly_one_of(const std::vector<NodeIndex>& branches, Position at, const Path& path, Marks marks);
  bool none_fits(const std::vector<NodeIndex>& branches, Position at, const Path& path);
  bool condition(const Condition& condition, Position at, const Path& path, Marks marks);
  // Judges a branch that may fail; what it looked at counts only when it fits.
  bool fits(NodeIndex node, Position at, Marks marks);

  // ---- limits, marks, reports ----

  bool spend(std::uint64_t steps = 1) {
    if (state_.steps > steps) {
      state_.steps -= steps;
      return true;
    }
    state_.steps = 0;
    state_.exhausted = true;
    return false;
  }
  Marks new_marks(Position at);
  void drop_marks(Marks marks) {
    if (marks.wanted()) state_.memory.marks.resize(marks.offset);
  }
  void mark(Marks marks, std::size_t index) {
    if (marks.wanted()) state_.memory.marks[marks.offset + index / 64] |= std::uint64_t{1} << index % 64;
  }
  bool marked(Marks marks, std::size_t index) const {
    return (state_.memory.marks[marks.offset + index / 64] >> index % 64 & 1) != 0;
  }
  void mark_all(Marks marks) {
    for (std::uint32_t i = 0; marks.wanted() && i < marks.words; ++i) state_.memory.marks[marks.offset + i] = ~0ULL;
  }
  void merge(Marks into, Marks from) {
    for (std::uint32_t i = 0; into.wanted() && i < into.words; ++i)
      state_.memory.marks[into.offset + i] |= state_.memory.marks[from.offset + i];
  }
  // Always false, so that a check can end with it. `message` is called only when collecting; `keyword` is the rest of
  // the way into the schema, empty when `path` ends with it.
  template <class Message>
  bool fail(const Path& path, std::string_view keyword, Message message) {
    if constexpr (kCollecting) report(path, keyword, message());
    return false;
  }
  void report(const PathStep& path, std::string_view keyword, std::string message);

  EvaluationState& state_;
  const Program& program_;
  const Tape tape_;
};

using Verdict = Evaluation<EvaluationMode::kVerdict>;
using Collection = Evaluation<EvaluationMode::kCollect>;
extern template class Evaluation<EvaluationMode::kVerdict>;
extern template class Evaluation<EvaluationMode::kCollect>;

}  // namespace propylon::schema::json_schema
