// A compiled JSON schema: flat vectors of nodes and instructions, and the tables that they index. No virtual tree.
//
// A node is one subschema. Its instructions are applied to one value in the order of the vector, which is that of the
// reference's checks. Keywords that go over the members of an object together are one instruction (ObjectPlan), so that
// the members are passed once. evaluation.h runs it.
#pragma once
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "schema/json_schema/format.h"
#include "schema/json_schema/name_table.h"
#include "schema/json_schema/number.h"
#include "schema/json_schema/pattern.h"
#include "schema/json_schema/tape.h"

namespace propylon::schema::json_schema {

using NodeIndex = std::uint32_t;
inline constexpr NodeIndex kNoNode = UINT32_MAX;

// `index` and `value` of an Instruction are what the comment says.
enum class Op : std::uint8_t {
  kConst,              // index: sets
  kEnum,               // index: sets
  kFormat,             // index: the Format
  kObject,             // index: objects
  kDependentRequired,  // index: required_names
  kDependentSchema,    // index: dependent_schemas
  kMinItems,           // value
  kMaxItems,           // value
  kUniqueItems,
  kItems,                  // index: items
  kContains,               // index: contains
  kMinLength,              // value
  kMaxLength,              // value
  kPattern,                // index: patterns
  kMinimum,                // index: bounds
  kExclusiveMinimum,       // index: bounds
  kMaximum,                // index: bounds
  kExclusiveMaximum,       // index: bounds
  kMultipleOf,             // index: bounds
  kRef,                    // index: the node
  kRecursiveRef,           // index: the node when no outer resource takes its place; value: the name's number
  kDynamicRef,             // the same
  kNot,                    // index: the node
  kAllOf,                  // index: branches
  kAnyOf,                  // index: branches
  kOneOf,                  // index: branches
  kIf,                     // index: conditions
  kUnevaluatedItems,       // index: the node
  kUnevaluatedProperties,  // index: the node
};

// The keyword that an instruction comes from; of those that come from several, the one for messages.
std::string_view keyword_of(Op op);

struct Instruction {
  Op op;
  std::uint32_t index = 0;
  std::uint64_t value = 0;
};

struct Node {
  std::uint8_t types = 0xFF;  // bits of TypeBit that the value may have
  bool refuses = false;       // the schema `false`
  bool collects = false;      // has unevaluated*: must know what its other keywords have looked at
  // Values of these types that meet what stands below fit, without a look at the instructions. Those that do not may
  // fit too: the instructions say. Worked out by quick_accept.h.
  std::uint8_t quick_types = 0;
  std::uint32_t begin = 0, end = 0;  // instructions
  std::uint32_t resource = 0;
  NodeIndex alias = kNoNode;                                    // this node is nothing but a reference to that one
  std::uint32_t string_set = kNoSet;                            // the strings of an enum, in string_sets
  std::uint32_t bytes_min = 0, bytes_max = UINT32_MAX;          // of a string
  std::int64_t signed_min = INT64_MIN, signed_max = INT64_MAX;  // of a number with tag 'l'
  double double_min = -std::numeric_limits<double>::infinity(), double_max = std::numeric_limits<double>::infinity();
  std::uint64_t characters_min = 0;  // of a string with fewer bytes than bytes_min
  // Objects for which names and values of members are all that matters, and arrays for which the number of items and
  // one node for all of them are: what the instructions say of them is here too.
  std::uint32_t quick_object = kNoPlan;  // in objects
  bool quick_array = false;
  NodeIndex quick_items = kNoNode;  // aliases followed; kNoNode: whatever the items are
  std::uint64_t items_min = 0, items_max = UINT64_MAX;
  static constexpr std::uint32_t kNoSet = UINT32_MAX, kNoPlan = UINT32_MAX;
};

struct Property {
  NodeIndex node = kNoNode;  // kNoNode: the name is only required
  std::uint64_t required_bit = 0;
};

// What a verdict must know of a name.
struct Member {
  const Node* judge = nullptr;     // of its value, aliases followed; null: whatever it is
  std::uint64_t required_bit = 0;  // of a property that is required
};

struct PatternProperty {
  std::uint32_t pattern;
  NodeIndex node;
};

struct ObjectPlan {
  std::uint64_t members_min = 0, members_max = UINT64_MAX;
  NameTable<Member> names;                  // as `properties`; quick_accept.h builds it
  std::vector<std::string> property_names;  // of `properties`, in the order of the schema
  std::vector<Property> properties;
  std::vector<std::string> required;  // in the order of the schema
  std::uint64_t required_mask = 0;    // the bits of the first 64 of them
  std::vector<PatternProperty> patterns;
  NodeIndex additional = kNoNode;
  const Node* judge_of_others = nullptr;  // `additional`, aliases followed
  NodeIndex member_names = kNoNode;       // propertyNames
  bool only_names_matter = false;         // no member is judged by a pattern or as a name
  bool visits_members = false;            // whether anything but the number of members matters
};

struct ItemsPlan {
  std::vector<NodeIndex> prefix;
  NodeIndex rest = kNoNode;
  std::string_view prefix_keyword = "prefixItems", rest_keyword = "items";
};

struct ContainsPlan {
  NodeIndex node = kNoNode;
  std::uint64_t min = 1, max = UINT64_MAX;
  bool has_min = false;     // the schema says minContains
  bool marks_items = true;  // from 2020-12 on what contains looked at is evaluated
};

struct Condition {
  NodeIndex test, then = kNoNode, otherwise = kNoNode;
};

struct DependentRequired {
  std::string name;
  std::vector<std::string> required;
  std::string_view keyword = "dependentRequired";  // before 2019-09 "dependencies"
};

struct DependentSchema {
  std::string name;
  NodeIndex node;
  std::string_view keyword = "dependentSchemas";
};

// The values of enum or const, on a tape of a definition.
struct ValueSet {
  Tape tape;
  std::vector<Position> values;
  std::vector<std::pair<std::uint64_t, std::uint32_t>> by_hash;  // sorted; only when there are many
};

struct Bound {
  Tape tape;
  Position at = 0;
  bool is_signed = false;  // fits int64, which is then `number`
  std::int64_t number = 0;
  Decimal decimal;  // of multipleOf
};

// What $dynamicRef and $recursiveRef find in one schema resource: numbers of names, and nodes.
struct Resource {
  std::vector<std::pair<std::uint64_t, NodeIndex>> dynamic_anchors;
};

struct NoValue {};

// Its parts point to its nodes, so it is moved and never copied.
struct Program {
  Program() = default;
  Program(Program&&) = default;
  Program& operator=(Program&&) = default;

  NodeIndex root = 0;
  bool has_dynamic_scope = false;  // some reference depends on the resources that led to it
  bool needs_unique_names =
      false;  // the verdict may become yes because a name is repeated: not, oneOf, uniqueItems ...
  std::vector<Node> nodes;
  std::vector<Instruction> instructions;
  std::vector<ObjectPlan> objects;
  std::vector<ItemsPlan> items;
  std::vector<ContainsPlan> contains;
  std::vector<Condition> conditions;
  std::vector<DependentRequired> required_names;
  std::vector<DependentSchema> dependent_schemas;
  std::vector<std::vector<NodeIndex>> branches;
  std::vector<ValueSet> sets;
  std::vector<NameTable<NoValue>> string_sets;  // of Node
  std::vector<Bound> bounds;
  std::vector<Pattern> patterns;
  std::vector<Resource> resources;
  std::vector<std::string> format_names;              // by Format
  std::vector<std::shared_ptr<const OwnTape>> tapes;  // what `sets` and `bounds` view
  std::size_t definition_bytes = 0;
};

}  // namespace propylon::schema::json_schema
