#include "schema/json_schema/messages.h"

#include "schema/json_schema/uri.h"
#include "schema/json_schema/value.h"

namespace propylon::schema::json_schema {
namespace {

struct TypeName {
  std::uint8_t bit;
  std::string_view name;
};
constexpr TypeName kTypeNames[] = {{kStringBit, "string"}, {kIntegerBit, "integer"}, {kNumberBit, "number"},
                                   {kObjectBit, "object"}, {kArrayBit, "array"},     {kBooleanBit, "boolean"},
                                   {kNullBit, "null"}};

std::string listed(const std::vector<std::string_view>& names) {
  std::string text;
  for (const std::string_view name : names) {
    if (!text.empty()) text += ", ";
    if (text.size() > kShownBytesMax) return text + "...";
    text += quoted(name);
  }
  return text;
}

std::string decimal(std::uint64_t number) { return std::to_string(number); }

bool in_schema(PathStep::Kind kind) { return kind == PathStep::Kind::kSchema || kind == PathStep::Kind::kSchemaIndex; }

}  // namespace

std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    const bool inside_character = (static_cast<unsigned char>(c) & 0xC0) == 0x80;
    if (out.size() > kShownBytesMax && !inside_character) {
      out += "...";
      break;
    }
    if (c == '\'') out.push_back('\\');
    out.push_back(c);
  }
  return out + "'";
}

Violation make_violation(const PathStep& path, std::string_view keyword, std::string message) {
  std::vector<const PathStep*> steps;
  for (const PathStep* step = &path; step->kind != PathStep::Kind::kRoot; step = step->parent) steps.push_back(step);
  Violation violation{{}, {}, {}, std::move(message)};
  for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
    const PathStep& one = **step;
    const bool number = one.kind == PathStep::Kind::kSchemaIndex || one.kind == PathStep::Kind::kInstanceIndex;
    const std::string digits = number ? std::to_string(one.index) : std::string();
    const std::string_view token = number ? std::string_view(digits) : one.text;
    append_pointer_token(in_schema(one.kind) ? violation.schema_pointer : violation.pointer, token);
    if (one.kind == PathStep::Kind::kSchema) violation.keyword = one.text;
  }
  if (!keyword.empty()) {
    append_pointer_token(violation.schema_pointer, keyword);
    const bool names_a_member = path.kind == PathStep::Kind::kSchema && violation.keyword.starts_with("depend");
    if (!names_a_member) violation.keyword = keyword;
  } else {
    violation.keyword = "false";
  }
  return violation;
}

std::string type_message(std::uint8_t wanted, const Tape& tape, Position at) {
  std::string text;
  std::string_view found = "number";
  for (const TypeName& type : kTypeNames) {
    if ((wanted & type.bit) != 0) text.append(text.empty() ? "" : " or ").append(type.name);
    if (tape.type_bits(at) == type.bit) found = type.name;
  }
  return "expected " + text + ", but got " + std::string(found);
}

std::string const_message(const ValueSet& set) {
  return "value must be " + value_text(set.tape, set.values.front(), kShownBytesMax);
}

std::string enum_message(const ValueSet& set) {
  std::string text;
  for (const Position value : set.values) {
    if (!text.empty()) text += ", ";
    if (text.size() > kShownBytesMax) {
      text += "...";
      break;
    }
    text += value_text(set.tape, value, kShownBytesMax);
  }
  return "value must be one of " + text;
}

std::string format_message(std::string_view text, std::string_view format) {
  return quoted(text) + " is not valid " + quoted(format);
}

std::string length_message(bool minimum, std::uint64_t limit, std::uint64_t found) {
  return std::string("length must be ") + (minimum ? ">= " : "<= ") + decimal(limit) + ", but got " + decimal(found);
}

std::string pattern_message(std::string_view source) { return "does not match pattern " + quoted(source); }

std::string bound_message(Op op, const Bound& limit, const Tape& tape, Position at) {
  const std::string_view sign = op == Op::kMinimum            ? ">="
                                : op == Op::kExclusiveMinimum ? ">"
                                : op == Op::kMaximum          ? "<="
                                                              : "<";
  return "must be " + std::string(sign) + " " + value_text(limit.tape, limit.at, kShownBytesMax) + " but found " +
         value_text(tape, at, kShownBytesMax);
}

std::string multiple_message(const Bound& divisor, const Tape& tape, Position at) {
  return value_text(tape, at, kShownBytesMax) + " not multipleOf " +
         value_text(divisor.tape, divisor.at, kShownBytesMax);
}

std::string members_message(std::string_view side, std::uint64_t limit, std::uint64_t found) {
  return std::string(side) + " " + decimal(limit) + " properties allowed, but found " + decimal(found) + " properties";
}

std::string missing_message(const std::vector<std::string_view>& names) {
  return "missing properties: " + listed(names);
}

std::string dependent_message(const std::vector<std::string_view>& missing, std::string_view name) {
  return "properties " + listed(missing) + " required, if " + quoted(name) + " property exists";
}

std::string not_allowed_message() { return "not allowed"; }

std::string not_allowed_message(std::string_view keyword, const std::vector<std::string_view>& names) {
  return std::string(keyword) + " " + listed(names) + " not allowed";
}

std::string items_message(std::string_view side, std::uint64_t limit, std::uint64_t found) {
  return std::string(side) + " " + decimal(limit) + " items required, but found " + decimal(found) + " items";
}

std::string too_many_items_message(std::size_t allowed, std::uint64_t found) {
  return "only allows " + decimal(allowed) + " items, but found " + decimal(found) + " items";
}

std::string equal_items_message(std::size_t first, std::size_t second) {
  return "items at index " + decimal(first) + " and " + decimal(second) + " are equal";
}

std::string contains_message(std::string_view side, std::uint64_t limit, std::uint64_t found) {
  return std::string(side) + " " + decimal(limit) + " matching items required, but found " + decimal(found);
}

std::string not_message() { return "not failed"; }

std::string several_fit_message(std::size_t first, std::size_t second) {
  return "valid against schemas at indexes " + decimal(first) + " and " + decimal(second);
}

}  // namespace propylon::schema::json_schema
