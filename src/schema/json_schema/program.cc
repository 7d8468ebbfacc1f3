#include "schema/json_schema/program.h"

namespace propylon::schema::json_schema {

std::string_view keyword_of(Op op) {
  switch (op) {
    case Op::kConst: return "const";
    case Op::kEnum: return "enum";
    case Op::kFormat: return "format";
    case Op::kObject: return "properties";
    case Op::kDependentRequired: return "dependentRequired";
    case Op::kDependentSchema: return "dependentSchemas";
    case Op::kMinItems: return "minItems";
    case Op::kMaxItems: return "maxItems";
    case Op::kUniqueItems: return "uniqueItems";
    case Op::kItems: return "items";
    case Op::kContains: return "contains";
    case Op::kMinLength: return "minLength";
    case Op::kMaxLength: return "maxLength";
    case Op::kPattern: return "pattern";
    case Op::kMinimum: return "minimum";
    case Op::kExclusiveMinimum: return "exclusiveMinimum";
    case Op::kMaximum: return "maximum";
    case Op::kExclusiveMaximum: return "exclusiveMaximum";
    case Op::kMultipleOf: return "multipleOf";
    case Op::kRef: return "$ref";
    case Op::kRecursiveRef: return "$recursiveRef";
    case Op::kDynamicRef: return "$dynamicRef";
    case Op::kNot: return "not";
    case Op::kAllOf: return "allOf";
    case Op::kAnyOf: return "anyOf";
    case Op::kOneOf: return "oneOf";
    case Op::kIf: return "if";
    case Op::kUnevaluatedItems: return "unevaluatedItems";
    case Op::kUnevaluatedProperties: return "unevaluatedProperties";
  }
  return {};
}

}  // namespace propylon::schema::json_schema
