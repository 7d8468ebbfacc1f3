#include "schema/json_schema/compiler.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <unordered_map>

#include "core/assert.h"
#include "schema/json_schema/in_place_loops.h"
#include "schema/json_schema/limits.h"
#include "schema/json_schema/quick_accept.h"
#include "schema/json_schema/uri.h"
#include "schema/json_schema/value.h"

namespace propylon::schema::json_schema {
namespace {

constexpr std::size_t kManyValues = 8;  // above it enum looks values up by their hashes
constexpr std::size_t kMaskBits = 64;

std::uint8_t type_bit(std::string_view name) {
  if (name == "null") return kNullBit;
  if (name == "boolean") return kBooleanBit;
  if (name == "number") return kNumberBit;
  if (name == "string") return kStringBit;
  if (name == "array") return kArrayBit;
  if (name == "object") return kObjectBit;
  if (name == "integer") return kIntegerBit;
  return 0;
}

class Compiler final {
 public:
  Compiler(Library& library, FormatRule formats) : library_(library), formats_(formats) {}

  std::expected<Program, std::vector<DefinitionFault>> run(Place root) {
    program_.root = node(root);
    for (std::size_t next = 0; next < places_.size() && faults_.size() < kDefinitionFaultsMax; ++next) {
      here_ = places_[next];
      compile_node(static_cast<NodeIndex>(next));
    }
    if (faults_.empty()) note_resources();
    if (faults_.empty()) refuse_loops();
    if (!faults_.empty()) return std::unexpected(std::move(faults_));
    resolve_aliases(program_);
    work_out_quick_accepts(program_);
    for (std::uint32_t i = 0; i < library_.documents(); ++i) {
      program_.tapes.push_back(library_.own_tape(i));
      program_.definition_bytes += 8 * program_.tapes.back()->words.size() + program_.tapes.back()->strings.size();
    }
    return std::move(program_);
  }

 private:
  // ---- what the current subschema says -----------------------------------------------------------------------------

  Tape tape() const { return library_.tape(here_); }
  const SchemaResource& resource() const { return library_.resource(library_.subschema(here_).resource); }
  Draft draft() const { return resource().dialect.draft; }

  // The value of a keyword that is there and heeded; 0 otherwise.
  Position get(std::string_view name) const {
    return heeds(resource().dialect, name) ? tape().find(here_.at, name) : 0;
  }
  Place at(Position position) const { return {here_.document, position}; }

  void fault(std::string_view keyword, std::string message) {
    std::string pointer = library_.location(here_);
    if (!keyword.empty()) append_pointer_token(pointer, keyword);
    faults_.push_back({std::move(pointer), std::move(message)});
  }

  NodeIndex node(Place place) {
    const auto [known, fresh] = node_of_.emplace(place.key(), static_cast<NodeIndex>(places_.size()));
    if (fresh) {
      places_.push_back(place);
      program_.nodes.emplace_back();
    }
    return known->second;
  }
  NodeIndex node_of(Position value) { return value == 0 ? kNoNode : node(at(value)); }

  void emit(Op op, std::size_t index = 0, std::uint64_t value = 0) {
    program_.instructions.push_back({op, static_cast<std::uint32_t>(index), value});
  }

  // ---- one node ----------------------------------------------------------------------------------------------------

  void compile_node(NodeIndex index) {
    program_.nodes[index].begin = static_cast<std::uint32_t>(program_.instructions.size());
    program_.nodes[index].resource = library_.subschema(here_).resource;
    if (tape().is_boolean(here_.at)) {
      program_.nodes[index].refuses = !tape().is_true(here_.at);
    } else if (!tape().is_object(here_.at)) {
      fault("", "a schema is an object or a boolean");
    } else if (const Position ref = tape().find(here_.at, "$ref");
               draft() <= Draft::k7 && ref != 0 && tape().is_string(ref)) {
      reference();  // up to draft 7 what stands beside a $ref is ignored
    } else {
      program_.nodes[index].types = types();
      program_.nodes[index].collects = get("unevaluatedItems") != 0 || get("unevaluatedProperties") != 0;
      any_value();
      object();
      dependencies();
      array();
      string();
      number();
      reference();
      dynamic_references();
      branches();
      condition();
      unevaluated();
    }
    program_.nodes[index].end = static_cast<std::uint32_t>(program_.instructions.size());
  }

  std::uint8_t types() {
    const Position type = get("type");
    if (type == 0) return 0xFF;
    std::uint8_t bits = 0;
    if (tape().is_string(type)) bits = type_bit(tape().text(type));
    if (tape().is_array(type)) {
      tape().each_item(type, [&](Position item) {
        if (tape().is_string(item)) bits |= type_bit(tape().text(item));
      });
    }
    if (bits == 0) fault("type", "a type is array, boolean, integer, null, number, object or string");
    return bits;
  }

  void any_value() {
    if (const Position value = get("const")) {
      program_.sets.push_back({tape(), {value}, {}});
      emit(Op::kConst, program_.sets.size() - 1);
    }
    if (const Position values = get("enum"); values != 0 && tape().is_array(values)) {
      ValueSet set{tape(), {}, {}};
      tape().each_item(values, [&](Position item) { set.values.push_back(item); });
      if (set.values.size() > kManyValues) {
        for (std::uint32_t i = 0; i < set.values.size(); ++i)
          set.by_hash.emplace_back(hash_value(set.tape, set.values[i]), i);
        std::ranges::sort(set.by_hash);
      }
      program_.sets.push_back(std::move(set));
      emit(Op::kEnum, program_.sets.size() - 1);
    }
    format();
  }

  void format() {
    const Position name = get("format");
    if (name == 0 || !tape().is_string(name)) return;
    const bool by_draft = draft() <= Draft::k7 || resource().dialect.has(Vocabulary::kFormatAssertion);
    if (formats_ == FormatRule::kAnnotate || (formats_ == FormatRule::kByDraft && !by_draft)) return;
    const auto known = find_format(tape().text(name), draft());
    if (!known) return;
    const auto index = static_cast<std::size_t>(*known);
    if (program_.format_names.size() <= index) program_.format_names.resize(index + 1);
    program_.format_names[index] = tape().text(name);
    emit(Op::kFormat, index);
  }

  // ---- objects -----------------------------------------------------------------------------------------------------

  void object() {
    ObjectPlan plan;
    const bool counts_up = count("minProperties", plan.members_min);
    const bool counts_down = count("maxProperties", plan.members_max);
    if (plan.members_min > 0) program_.needs_unique_names = true;
    const Position properties = get("properties"), patterns = get("patternProperties");
    if (properties != 0 && tape().is_object(properties)) {
      tape().each_member(properties, [&](Position key, Position value) {
        plan.property_names.emplace_back(tape().text(key));
        plan.properties.push_back({node(at(value)), 0});
      });
    }
    required(plan);
    if (patterns != 0 && tape().is_object(patterns)) {
      tape().each_member(patterns, [&](Position key, Position value) {
        if (const auto index = pattern(tape().text(key), "patternProperties"))
          plan.patterns.push_back({*index, node(at(value))});
      });
    }
    plan.additional = node_of(get("additionalProperties"));
    plan.member_names = node_of(get("propertyNames"));
    plan.visits_members = !plan.properties.empty() || !plan.patterns.empty() || plan.additional != kNoNode ||
                          plan.member_names != kNoNode;
    plan.only_names_matter = plan.patterns.empty() && plan.member_names == kNoNode;
    if (!counts_up && !counts_down && !plan.visits_members) return;
    program_.objects.push_back(std::move(plan));
    emit(Op::kObject, program_.objects.size() - 1);
  }

  void required(ObjectPlan& plan) {
    const Position names = get("required");
    if (names == 0 || !tape().is_array(names)) return;
    std::unordered_map<std::string_view, std::size_t> index_of;
    std::vector<std::string> declared = plan.property_names;
    for (std::size_t i = 0; i < declared.size(); ++i) index_of.emplace(declared[i], i);
    tape().each_item(names, [&](Position item) {
      if (!tape().is_string(item)) return;
      const std::string_view name = tape().text(item);
      const std::size_t bit = plan.required.size();
      plan.required.emplace_back(name);
      if (bit >= kMaskBits) return;
      const auto [known, fresh] = index_of.emplace(name, plan.properties.size());
      if (fresh) {
        plan.property_names.emplace_back(name);
        plan.properties.emplace_back();
      }
      plan.properties[known->second].required_bit |= std::uint64_t{1} << bit;
      plan.required_mask |= std::uint64_t{1} << bit;
    });
  }

  void dependencies() {
    dependent("dependentRequired", "dependentRequired");
    dependent("dependentSchemas", "dependentSchemas");
    dependent("dependencies", "dependencies");
  }
  void dependent(std::string_view name, std::string_view keyword) {
    const Position members = get(name);
    if (members == 0 || !tape().is_object(members)) return;
    tape().each_member(members, [&](Position key, Position value) {
      std::string member(tape().text(key));
      if (tape().is_array(value)) {
        DependentRequired rule{std::move(member), {}, keyword};
        tape().each_item(value, [&](Position item) {
          if (tape().is_string(item)) rule.required.emplace_back(tape().text(item));
        });
        program_.required_names.push_back(std::move(rule));
        emit(Op::kDependentRequired, program_.required_names.size() - 1);
      } else if (name != "dependentRequired") {
        program_.dependent_schemas.push_back({std::move(member), node(at(value)), keyword});
        emit(Op::kDependentSchema, program_.dependent_schemas.size() - 1);
      }
    });
  }

  // ---- arrays ------------------------------------------------------------------------------------------------------

  void array() {
    counted(Op::kMinItems);
    counted(Op::kMaxItems);
    if (const Position unique = get("uniqueItems"); unique != 0 && tape().is_true(unique)) {
      program_.needs_unique_names = true;
      emit(Op::kUniqueItems);
    }
    items();
    contains();
  }
  void items() {
    ItemsPlan plan;
    Position prefix = get("prefixItems"), rest = get("items");
    if (draft() < Draft::k2020_12) {
      plan.prefix_keyword = "items";
      prefix = rest != 0 && tape().is_array(rest) ? rest : 0;
      if (prefix != 0) {
        plan.rest_keyword = "additionalItems";
        rest = get("additionalItems");
      }
    }
    if (prefix != 0 && tape().is_array(prefix))
      tape().each_item(prefix, [&](Position item) { plan.prefix.push_back(node(at(item))); });
    plan.rest = node_of(rest);
    if (plan.prefix.empty() && plan.rest == kNoNode) return;
    program_.items.push_back(std::move(plan));
    emit(Op::kItems, program_.items.size() - 1);
  }
  void contains() {
    const Position schema = get("contains");
    if (schema == 0) return;
    ContainsPlan plan;
    plan.node = node(at(schema));
    plan.has_min = count("minContains", plan.min);
    if (count("maxContains", plan.max)) program_.needs_unique_names = true;
    plan.marks_items = draft() >= Draft::k2020_12;
    program_.contains.push_back(plan);
    emit(Op::kContains, program_.contains.size() - 1);
  }

  // ---- strings and numbers -----------------------------------------------------------------------------------------

  void string() {
    counted(Op::kMinLength);
    counted(Op::kMaxLength);
    const Position source = get("pattern");
    if (source == 0 || !tape().is_string(source)) return;
    if (const auto index = pattern(tape().text(source), "pattern")) emit(Op::kPattern, *index);
  }
  std::optional<std::uint32_t> pattern(std::string_view source, std::string_view keyword) {
    const auto known = pattern_of_.find(std::string(source));
    if (known != pattern_of_.end()) return known->second;
    pattern_bytes_ += source.size();
    if (pattern_bytes_ > kPatternsBytesMax) {
      fault(keyword, "the regular expressions of a schema have at most " + std::to_string(kPatternsBytesMax) +
                         " bytes together");
      return std::nullopt;
    }
    auto compiled = Pattern::compile(source);
    if (!compiled) {
      fault(keyword, "the regular expression '" + std::string(source.substr(0, kShownBytesMax)) +
                         "' cannot be used: " + compiled.error().message);
      return std::nullopt;
    }
    program_.patterns.push_back(*std::move(compiled));
    const auto index = static_cast<std::uint32_t>(program_.patterns.size() - 1);
    pattern_of_.emplace(source, index);
    return index;
  }

  void number() {
    bound(Op::kMinimum, "exclusiveMinimum", Op::kExclusiveMinimum);
    bound(Op::kMaximum, "exclusiveMaximum", Op::kExclusiveMaximum);
    const Position divisor = get("multipleOf");
    if (divisor == 0 || !tape().is_number(divisor)) return;
    const Decimal decimal = to_decimal(tape(), divisor);
    if (decimal.negative || decimal.digits.empty()) return fault("multipleOf", "it is a number above 0");
    if (decimal.digits.size() > kMultipleOfDigitsMax) {
      return fault("multipleOf",
                   "at most " + std::to_string(kMultipleOfDigitsMax) + " significant digits are supported");
    }
    push_bound(Op::kMultipleOf, divisor);
  }
  // In draft 4 `exclusiveMinimum` is a boolean beside `minimum`, later a bound of its own.
  void bound(Op inclusive, std::string_view exclusive_name, Op exclusive) {
    const Position limit = get(keyword_of(inclusive)), beside = get(exclusive_name);
    const bool flagged = beside != 0 && draft() == Draft::k4 && tape().is_true(beside);
    if (limit != 0 && tape().is_number(limit)) push_bound(flagged ? exclusive : inclusive, limit);
    if (draft() != Draft::k4 && beside != 0 && tape().is_number(beside)) push_bound(exclusive, beside);
  }
  void push_bound(Op op, Position limit) {
    Bound made{tape(), limit, tape().tag(limit) == 'l', 0, {}};
    if (made.is_signed) made.number = tape().signed_number(limit);
    if (op == Op::kMultipleOf) made.decimal = to_decimal(tape(), limit);
    program_.bounds.push_back(std::move(made));
    emit(op, program_.bounds.size() - 1);
  }

  // Reads a keyword that is a count; false when it is not there.
  bool count(std::string_view name, std::uint64_t& into) {
    const Position value = get(name);
    if (value == 0) return false;
    const std::int64_t read = to_count(tape(), value);
    if (read < 0) {
      fault(name, "it is an integer from 0");
      return false;
    }
    into = static_cast<std::uint64_t>(read);
    return true;
  }
  void counted(Op op) {
    std::uint64_t value = 0;
    if (count(keyword_of(op), value)) emit(op, 0, value);
  }

  // ---- references and branches -------------------------------------------------------------------------------------

  std::optional<Target> resolve(std::string_view keyword) {
    const Position reference = tape().find(here_.at, keyword);
    if (reference == 0 || !tape().is_string(reference)) return std::nullopt;
    auto target = library_.resolve(here_, tape().text(reference));
    if (target) return *std::move(target);
    fault(keyword, target.error().message);
    return std::nullopt;
  }
  void reference() {
    if (const auto target = resolve("$ref")) emit(Op::kRef, node(target->place));
  }
  void dynamic_references() {
    if (get("$recursiveRef") != 0) {
      if (const auto target = resolve("$recursiveRef")) {
        const bool recursive = library_.resource(library_.subschema(target->place).resource).recursive_anchor;
        dynamic(Op::kRecursiveRef, *target, recursive ? std::optional<std::string>("") : std::nullopt);
      }
    }
    if (get("$dynamicRef") != 0) {
      if (const auto target = resolve("$dynamicRef")) {
        const auto& anchors = library_.resource(library_.subschema(target->place).resource).dynamic_anchors;
        const auto anchor = anchors.find(target->anchor);
        const bool bookends = anchor != anchors.end() && anchor->second == target->place.at && !target->anchor.empty();
        dynamic(Op::kDynamicRef, *target, bookends ? std::optional(target->anchor) : std::nullopt);
      }
    }
  }
  void dynamic(Op op, const Target& target, const std::optional<std::string>& name) {
    std::uint64_t number = 0;  // 0: the reference is static
    if (name) {
      number = name_numbers_.emplace(*name, name_numbers_.size() + 1).first->second;
      program_.has_dynamic_scope = true;
    }
    emit(op, node(target.place), number);
  }

  void branches() {
    if (const Position schema = get("not")) {
      program_.needs_unique_names = true;
      emit(Op::kNot, node(at(schema)));
    }
    for (const Op op : {Op::kAllOf, Op::kAnyOf, Op::kOneOf}) {
      const Position list = get(keyword_of(op));
      if (list == 0 || !tape().is_array(list)) continue;
      if (op == Op::kOneOf) program_.needs_unique_names = true;
      std::vector<NodeIndex> nodes;
      tape().each_item(list, [&](Position item) { nodes.push_back(node(at(item))); });
      program_.branches.push_back(std::move(nodes));
      emit(op, program_.branches.size() - 1);
    }
  }
  void condition() {
    const Position test = get("if");
    if (test == 0) return;
    const Condition made{node(at(test)), node_of(get("then")), node_of(get("else"))};
    program_.needs_unique_names = true;
    program_.conditions.push_back(made);
    emit(Op::kIf, program_.conditions.size() - 1);
  }
  void unevaluated() {
    if (const Position schema = get("unevaluatedItems")) emit(Op::kUnevaluatedItems, node(at(schema)));
    if (const Position schema = get("unevaluatedProperties")) emit(Op::kUnevaluatedProperties, node(at(schema)));
  }

  // ---- the whole ---------------------------------------------------------------------------------------------------

  // Compiles what $dynamicRef may find in any resource, and tells the program where.
  void note_resources() {
    if (program_.has_dynamic_scope) {
      for (std::size_t done = 0; done != library_.resources() + places_.size();) {
        done = library_.resources() + places_.size();
        const std::size_t compiled = places_.size();
        for (std::uint32_t i = 0; i < library_.resources(); ++i) note_anchors(i);
        for (std::size_t next = compiled; next < places_.size() && faults_.empty(); ++next) {
          here_ = places_[next];
          compile_node(static_cast<NodeIndex>(next));
        }
        if (!faults_.empty()) return;
      }
    }
    program_.resources.resize(library_.resources());
  }
  void note_anchors(std::uint32_t index) {
    const SchemaResource& from = library_.resource(index);
    if (program_.resources.size() <= index) program_.resources.resize(index + 1);
    std::vector<std::pair<std::uint64_t, NodeIndex>> found;
    for (const auto& [name, number] : name_numbers_) {
      const auto anchor = from.dynamic_anchors.find(name);
      if (anchor != from.dynamic_anchors.end()) found.emplace_back(number, node({from.root.document, anchor->second}));
      if (name.empty() && from.recursive_anchor) found.emplace_back(number, node(from.root));
    }
    program_.resources[index].dynamic_anchors = std::move(found);
  }

  void refuse_loops() {
    if (const auto loop = find_in_place_loop(program_)) {
      here_ = places_[*loop];
      fault("", "the schema refers to itself without going into the value, so judging it would never end");
    }
  }

  Library& library_;
  const FormatRule formats_;
  Program program_;
  Place here_;                 // the subschema that is being compiled
  std::vector<Place> places_;  // by node
  std::unordered_map<std::uint64_t, NodeIndex> node_of_;
  std::unordered_map<std::string, std::uint32_t> pattern_of_;
  std::map<std::string, std::uint64_t> name_numbers_;  // of dynamic anchors; "" is $recursiveAnchor
  std::size_t pattern_bytes_ = 0;
  std::vector<DefinitionFault> faults_;
};

}  // namespace

std::expected<Program, std::vector<DefinitionFault>> compile_program(Library& library, Place root, FormatRule formats) {
  return Compiler(library, formats).run(root);
}

}  // namespace propylon::schema::json_schema
