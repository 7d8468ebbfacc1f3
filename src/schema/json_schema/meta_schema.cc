#include "schema/json_schema/meta_schema.h"

#include <algorithm>

#include "json/writer.h"
#include "schema/json_schema/keywords.h"
#include "schema/json_schema/uri.h"

namespace propylon::schema::json_schema {
namespace {

// A schema for any schema of the same dialect, as a keyword's value refers to it.
std::string_view any_schema(Draft draft) {
  if (draft == Draft::k2019_09) return R"({"$recursiveRef":"#"})";
  if (draft == Draft::k2020_12) return R"({"$dynamicRef":"#meta"})";
  return R"({"$ref":"#"})";
}

// Names that others refer to; the rest of a keyword's schema stands in place.
std::string definition(Draft draft, std::string_view name) {
  const std::string schema(any_schema(draft));
  const bool modern = draft >= Draft::k6;
  if (name == "schemaArray") return R"({"type":"array","minItems":1,"items":)" + schema + "}";
  if (name == "nonNegativeInteger") return R"({"type":"integer","minimum":0})";
  if (name == "simpleTypes") return R"({"enum":["array","boolean","integer","null","number","object","string"]})";
  return R"({"type":"array","items":{"type":"string"},"uniqueItems":true)" +
         std::string(modern ? R"(,"default":[]})" : R"(,"minItems":1})");  // stringArray
}

constexpr std::string_view kDefinitions[] = {"schemaArray", "nonNegativeInteger", "simpleTypes", "stringArray"};

std::string_view definitions_keyword(Draft draft) { return draft < Draft::k2019_09 ? "definitions" : "$defs"; }

std::string reference(Draft draft, std::string_view name) {
  return R"({"$ref":"#/)" + std::string(definitions_keyword(draft)) + "/" + std::string(name) + R"("})";
}

std::string map_of(std::string_view schema) {
  return R"({"type":"object","additionalProperties":)" + std::string(schema) + "}";
}

std::string either(std::string_view a, std::string_view b) {
  return R"({"anyOf":[)" + std::string(a) + "," + std::string(b) + "]}";
}

std::string types_schema(Draft draft) {
  return either(reference(draft, "simpleTypes"),
                R"({"type":"array","minItems":1,"uniqueItems":true,"items":)" + reference(draft, "simpleTypes") + "}");
}

std::string positive_number(Draft draft) {
  if (draft == Draft::k4) return R"({"type":"number","minimum":0,"exclusiveMinimum":true})";
  return R"({"type":"number","exclusiveMinimum":0})";
}

std::string schema_of_shape(Draft draft, Shape shape) {
  const std::string_view schema = any_schema(draft);
  switch (shape) {
    case Shape::kAny: return "{}";
    case Shape::kSchema: return std::string(schema);
    case Shape::kSchemas: return reference(draft, "schemaArray");
    case Shape::kSchemaMap: return map_of(schema);
    case Shape::kSchemaOrSchemas: return either(schema, reference(draft, "schemaArray"));
    case Shape::kSchemaOrBoolean: return either(R"({"type":"boolean"})", schema);
    case Shape::kDependencies: return map_of(either(schema, reference(draft, "stringArray")));
    case Shape::kString: return R"({"type":"string"})";
    case Shape::kUriReference: return R"({"type":"string","format":"uri-reference"})";
    case Shape::kAnchor: return R"({"type":"string","pattern":"^[A-Za-z_][-A-Za-z0-9._]*$"})";
    case Shape::kBoolean: return R"({"type":"boolean"})";
    case Shape::kNumber: return R"({"type":"number"})";
    case Shape::kPositiveNumber: return positive_number(draft);
    case Shape::kCount: return reference(draft, "nonNegativeInteger");
    case Shape::kPattern: return R"({"type":"string","format":"regex"})";
    case Shape::kNames:
    case Shape::kNamesNotEmpty: return reference(draft, "stringArray");
    case Shape::kNamesMap: return map_of(reference(draft, "stringArray"));
    case Shape::kTypes: return types_schema(draft);
    case Shape::kArray: return R"({"type":"array"})";
    case Shape::kValuesNotEmpty: return R"({"type":"array","minItems":1,"uniqueItems":true})";
    case Shape::kVocabularies: return map_of(R"({"type":"boolean"})");
  }
  return {};
}

void write_properties(json::Writer& out, Draft draft, std::optional<Vocabulary> only) {
  out.key("properties").begin_object();
  for (const Keyword& keyword : all_keywords()) {
    if (find_keyword(keyword.name, draft) != &keyword) continue;
    if (only && vocabulary_in(keyword, draft) != *only) continue;
    out.key(keyword.name).raw(schema_of_shape(draft, keyword.shape));
  }
  out.end_object();
}

void write_definitions(json::Writer& out, Draft draft) {
  out.key(definitions_keyword(draft)).begin_object();
  for (const auto name : kDefinitions) out.key(name).raw(definition(draft, name));
  out.end_object();
}

void write_types(json::Writer& out, Draft draft) {
  out.key("type").raw(draft == Draft::k4 ? R"("object")" : R"(["object","boolean"])");
}

std::string one_document(Draft draft) {
  std::string text;
  json::Writer out(text);
  const std::string uri = std::string(meta_schema_uri(draft)) + "#";
  out.begin_object().key("$schema").string(uri).key(draft == Draft::k4 ? "id" : "$id").string(uri);
  write_definitions(out, draft);
  write_types(out, draft);
  write_properties(out, draft, std::nullopt);
  if (draft == Draft::k4)
    out.key("dependencies").raw(R"({"exclusiveMaximum":["maximum"],"exclusiveMinimum":["minimum"]})");
  out.end_object();
  return text;
}

void write_head(json::Writer& out, Draft draft, std::string_view uri) {
  out.begin_object().key("$schema").string(meta_schema_uri(draft)).key("$id").string(uri);
  if (draft == Draft::k2019_09) {
    out.key("$recursiveAnchor").boolean(true);
  } else {
    out.key("$dynamicAnchor").string("meta");
  }
  write_types(out, draft);
}

bool in_standard_dialect(Draft draft, Vocabulary vocabulary) {
  return !vocabulary_name(draft, vocabulary).empty() && vocabulary != Vocabulary::kFormatAssertion;
}

// 2019-09 and 2020-12: a document that joins those of the vocabularies.
std::string joining_document(Draft draft) {
  std::string text;
  json::Writer out(text);
  write_head(out, draft, meta_schema_uri(draft));
  out.key("$vocabulary").begin_object();
  for (std::size_t i = 0; i < kVocabularyCount; ++i) {
    const auto vocabulary = static_cast<Vocabulary>(i);
    if (!in_standard_dialect(draft, vocabulary)) continue;
    const bool required = draft == Draft::k2020_12 || vocabulary != Vocabulary::kFormat;
    out.key(vocabulary_uri(draft, vocabulary)).boolean(required);
  }
  out.end_object().key("allOf").begin_array();
  for (std::size_t i = 0; i < kVocabularyCount; ++i) {
    const auto vocabulary = static_cast<Vocabulary>(i);
    if (!in_standard_dialect(draft, vocabulary)) continue;
    out.begin_object().key("$ref").string(vocabulary_uri(draft, vocabulary, "meta")).end_object();
  }
  out.end_array().end_object();
  return text;
}

std::string vocabulary_document(Draft draft, Vocabulary vocabulary) {
  std::string text;
  json::Writer out(text);
  write_head(out, draft, vocabulary_uri(draft, vocabulary, "meta"));
  out.key("$vocabulary").begin_object().key(vocabulary_uri(draft, vocabulary)).boolean(true).end_object();
  const bool assertion = vocabulary == Vocabulary::kFormatAssertion;
  write_properties(out, draft, assertion ? Vocabulary::kFormat : vocabulary);
  write_definitions(out, draft);
  out.end_object();
  return text;
}

}  // namespace

std::optional<std::string> meta_schema_text(std::string_view uri) {
  if (const auto draft = draft_of_meta_schema(uri))
    return *draft < Draft::k2019_09 ? one_document(*draft) : joining_document(*draft);
  const auto [base, fragment] = split_fragment(uri);
  if (!fragment.empty()) return std::nullopt;
  for (const Draft draft : {Draft::k2019_09, Draft::k2020_12}) {
    for (std::size_t i = 0; i < kVocabularyCount; ++i) {
      const auto vocabulary = static_cast<Vocabulary>(i);
      if (vocabulary_name(draft, vocabulary).empty()) continue;
      if (vocabulary_uri(draft, vocabulary, "meta") == base) return vocabulary_document(draft, vocabulary);
    }
  }
  return std::nullopt;
}

}  // namespace propylon::schema::json_schema
