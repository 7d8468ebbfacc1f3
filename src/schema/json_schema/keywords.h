// The table of every keyword: since when and until when, in which vocabulary, and what its value must be.
//
// From it come the meta-schemas (meta_schema.h), the walk that finds the subschemas of a definition (library.h), and
// which keywords the compiler heeds.
#pragma once
#include <span>
#include <string_view>

#include "schema/json_schema/dialect.h"

namespace propylon::schema::json_schema {

// What stands behind a keyword.
enum class Shape : std::uint8_t {
  kAny,
  kSchema,
  kSchemas,          // an array of at least one schema
  kSchemaMap,        // an object of schemas
  kSchemaOrSchemas,  // a schema or such an array
  kSchemaOrBoolean,  // draft 4, where true and false are no schemas
  kDependencies,     // an object of schemas or arrays of names
  kString,
  kUriReference,
  kAnchor,
  kBoolean,
  kNumber,
  kPositiveNumber,
  kCount,  // an integer from 0
  kPattern,
  kNames,          // an array of different strings
  kNamesNotEmpty,  // the same with at least one
  kNamesMap,       // an object of such arrays
  kTypes,          // the name of a type, or an array of different ones
  kArray,
  kValuesNotEmpty,  // an array of at least one value, all different
  kVocabularies,    // an object of booleans by URI
};

struct Keyword {
  std::string_view name;
  Draft first, last;
  Vocabulary vocabulary;
  Shape shape;
};

std::span<const Keyword> all_keywords();

// The row of that name in a draft; null when the draft does not know it.
const Keyword* find_keyword(std::string_view name, Draft draft);

// Whether `dialect` heeds it: its draft knows it and its vocabulary is on.
bool heeds(const Dialect& dialect, std::string_view name);

// In which vocabulary it is in a draft: unevaluated* moved.
Vocabulary vocabulary_in(const Keyword& keyword, Draft draft);

}  // namespace propylon::schema::json_schema
