// Which rules a schema is read by: a draft of JSON Schema and, from 2019-09 on, a set of vocabularies.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace propylon::schema::json_schema {

enum class Draft : std::uint8_t { k4, k6, k7, k2019_09, k2020_12 };
inline constexpr std::array kDrafts = {Draft::k4, Draft::k6, Draft::k7, Draft::k2019_09, Draft::k2020_12};

// Groups of keywords that a meta-schema can switch on and off. The drafts before 2019-09 have all of them.
enum class Vocabulary : std::uint8_t {
  kCore,
  kApplicator,
  kUnevaluated,  // in 2019-09 a part of kApplicator
  kValidation,
  kMetaData,
  kFormat,           // in 2020-12 "format-annotation"
  kFormatAssertion,  // 2020-12 only
  kContent,
};
inline constexpr std::size_t kVocabularyCount = 8;

struct Dialect {
  Draft draft = Draft::k2020_12;
  std::uint16_t vocabularies = 0xFF & ~(1 << static_cast<int>(Vocabulary::kFormatAssertion));  // a bit for each

  bool has(Vocabulary vocabulary) const { return (vocabularies >> static_cast<int>(vocabulary) & 1) != 0; }
  bool operator==(const Dialect&) const = default;
};

// The URI of a draft's meta-schema without a fragment: "https://json-schema.org/draft/2020-12/schema".
std::string_view meta_schema_uri(Draft draft);
// "core", "applicator" ...: the last part of a vocabulary's URI in that draft; empty where it has none.
std::string_view vocabulary_name(Draft draft, Vocabulary vocabulary);
// "https://json-schema.org/draft/2020-12/vocab/core", and the same with /meta/ for the meta-schema of a vocabulary.
std::string vocabulary_uri(Draft draft, Vocabulary vocabulary, std::string_view kind = "vocab");

// The draft whose meta-schema this is; an empty fragment does not matter. For drafts 4-7 http and https are the same.
std::optional<Draft> draft_of_meta_schema(std::string_view uri);
std::optional<Vocabulary> vocabulary_of_uri(Draft draft, std::string_view uri);

}  // namespace propylon::schema::json_schema
