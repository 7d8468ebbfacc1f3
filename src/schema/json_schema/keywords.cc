#include "schema/json_schema/keywords.h"

#include <algorithm>
#include <unordered_map>
#include <vector>

namespace propylon::schema::json_schema {
namespace {

constexpr auto k4 = Draft::k4, k6 = Draft::k6, k7 = Draft::k7, k2019 = Draft::k2019_09, k2020 = Draft::k2020_12;
using enum Vocabulary;

constexpr Keyword kKeywords[] = {
    {"id", k4, k4, kCore, Shape::kString},
    {"$id", k6, k2020, kCore, Shape::kUriReference},
    {"$schema", k4, k2020, kCore, Shape::kString},
    {"$ref", k4, k2020, kCore, Shape::kUriReference},
    {"$anchor", k2019, k2020, kCore, Shape::kAnchor},
    {"$recursiveRef", k2019, k2019, kCore, Shape::kUriReference},
    {"$recursiveAnchor", k2019, k2019, kCore, Shape::kBoolean},
    {"$dynamicRef", k2020, k2020, kCore, Shape::kUriReference},
    {"$dynamicAnchor", k2020, k2020, kCore, Shape::kAnchor},
    {"$vocabulary", k2019, k2020, kCore, Shape::kVocabularies},
    {"$comment", k7, k2020, kCore, Shape::kString},
    {"$defs", k2019, k2020, kCore, Shape::kSchemaMap},
    {"definitions", k4, k2020, kCore, Shape::kSchemaMap},

    {"type", k4, k2020, kValidation, Shape::kTypes},
    {"const", k6, k2020, kValidation, Shape::kAny},
    {"enum", k4, k4, kValidation, Shape::kValuesNotEmpty},
    {"enum", k6, k2020, kValidation, Shape::kArray},
    {"multipleOf", k4, k2020, kValidation, Shape::kPositiveNumber},
    {"maximum", k4, k2020, kValidation, Shape::kNumber},
    {"exclusiveMaximum", k4, k4, kValidation, Shape::kBoolean},
    {"exclusiveMaximum", k6, k2020, kValidation, Shape::kNumber},
    {"minimum", k4, k2020, kValidation, Shape::kNumber},
    {"exclusiveMinimum", k4, k4, kValidation, Shape::kBoolean},
    {"exclusiveMinimum", k6, k2020, kValidation, Shape::kNumber},
    {"maxLength", k4, k2020, kValidation, Shape::kCount},
    {"minLength", k4, k2020, kValidation, Shape::kCount},
    {"pattern", k4, k2020, kValidation, Shape::kPattern},
    {"maxItems", k4, k2020, kValidation, Shape::kCount},
    {"minItems", k4, k2020, kValidation, Shape::kCount},
    {"uniqueItems", k4, k2020, kValidation, Shape::kBoolean},
    {"maxContains", k2019, k2020, kValidation, Shape::kCount},
    {"minContains", k2019, k2020, kValidation, Shape::kCount},
    {"maxProperties", k4, k2020, kValidation, Shape::kCount},
    {"minProperties", k4, k2020, kValidation, Shape::kCount},
    {"required", k4, k4, kValidation, Shape::kNamesNotEmpty},
    {"required", k6, k2020, kValidation, Shape::kNames},
    {"dependentRequired", k2019, k2020, kValidation, Shape::kNamesMap},

    {"format", k4, k2020, kFormat, Shape::kString},

    {"prefixItems", k2020, k2020, kApplicator, Shape::kSchemas},
    {"items", k4, k2019, kApplicator, Shape::kSchemaOrSchemas},
    {"items", k2020, k2020, kApplicator, Shape::kSchema},
    {"additionalItems", k4, k4, kApplicator, Shape::kSchemaOrBoolean},
    {"additionalItems", k6, k2019, kApplicator, Shape::kSchema},
    {"contains", k6, k2020, kApplicator, Shape::kSchema},
    {"properties", k4, k2020, kApplicator, Shape::kSchemaMap},
    {"patternProperties", k4, k2020, kApplicator, Shape::kSchemaMap},
    {"additionalProperties", k4, k4, kApplicator, Shape::kSchemaOrBoolean},
    {"additionalProperties", k6, k2020, kApplicator, Shape::kSchema},
    {"propertyNames", k6, k2020, kApplicator, Shape::kSchema},
    {"dependencies", k4, k7, kApplicator, Shape::kDependencies},
    {"dependentSchemas", k2019, k2020, kApplicator, Shape::kSchemaMap},
    {"if", k7, k2020, kApplicator, Shape::kSchema},
    {"then", k7, k2020, kApplicator, Shape::kSchema},
    {"else", k7, k2020, kApplicator, Shape::kSchema},
    {"allOf", k4, k2020, kApplicator, Shape::kSchemas},
    {"anyOf", k4, k2020, kApplicator, Shape::kSchemas},
    {"oneOf", k4, k2020, kApplicator, Shape::kSchemas},
    {"not", k4, k2020, kApplicator, Shape::kSchema},
    {"unevaluatedItems", k2019, k2020, kUnevaluated, Shape::kSchema},
    {"unevaluatedProperties", k2019, k2020, kUnevaluated, Shape::kSchema},

    {"title", k4, k2020, kMetaData, Shape::kString},
    {"description", k4, k2020, kMetaData, Shape::kString},
    {"default", k4, k2020, kMetaData, Shape::kAny},
    {"deprecated", k2019, k2020, kMetaData, Shape::kBoolean},
    {"readOnly", k7, k2020, kMetaData, Shape::kBoolean},
    {"writeOnly", k7, k2020, kMetaData, Shape::kBoolean},
    {"examples", k6, k2020, kMetaData, Shape::kArray},

    {"contentEncoding", k7, k2020, kContent, Shape::kString},
    {"contentMediaType", k7, k2020, kContent, Shape::kString},
    {"contentSchema", k2019, k2020, kContent, Shape::kSchema},
};

using Rows = std::unordered_map<std::string_view, std::vector<const Keyword*>>;

const Rows& rows_by_name() {
  static const Rows rows = [] {
    Rows made;
    for (const Keyword& keyword : kKeywords) made[keyword.name].push_back(&keyword);
    return made;
  }();
  return rows;
}

}  // namespace

std::span<const Keyword> all_keywords() { return kKeywords; }

const Keyword* find_keyword(std::string_view name, Draft draft) {
  const auto rows = rows_by_name().find(name);
  if (rows == rows_by_name().end()) return nullptr;
  for (const Keyword* row : rows->second) {
    if (row->first <= draft && draft <= row->last) return row;
  }
  return nullptr;
}

Vocabulary vocabulary_in(const Keyword& keyword, Draft draft) {
  if (draft == Draft::k2019_09 && keyword.vocabulary == Vocabulary::kUnevaluated) return Vocabulary::kApplicator;
  return keyword.vocabulary;
}

bool heeds(const Dialect& dialect, std::string_view name) {
  const Keyword* row = find_keyword(name, dialect.draft);
  if (row == nullptr) return false;
  const Vocabulary vocabulary = vocabulary_in(*row, dialect.draft);
  return dialect.has(vocabulary) || (vocabulary == kFormat && dialect.has(kFormatAssertion));
}

}  // namespace propylon::schema::json_schema
