#include "schema/json_schema/dialect.h"

#include "schema/json_schema/uri.h"

namespace propylon::schema::json_schema {
namespace {

std::string_view without_scheme(std::string_view uri) {
  const auto at = uri.find("://");
  return at == std::string_view::npos ? uri : uri.substr(at);
}

std::string_view directory_of(Draft draft) {
  return draft == Draft::k2019_09 ? "https://json-schema.org/draft/2019-09/" : "https://json-schema.org/draft/2020-12/";
}

}  // namespace

std::string_view meta_schema_uri(Draft draft) {
  switch (draft) {
    case Draft::k4: return "http://json-schema.org/draft-04/schema";
    case Draft::k6: return "http://json-schema.org/draft-06/schema";
    case Draft::k7: return "http://json-schema.org/draft-07/schema";
    case Draft::k2019_09: return "https://json-schema.org/draft/2019-09/schema";
    case Draft::k2020_12: return "https://json-schema.org/draft/2020-12/schema";
  }
  return {};
}

std::string_view vocabulary_name(Draft draft, Vocabulary vocabulary) {
  if (draft < Draft::k2019_09) return {};
  const bool old = draft == Draft::k2019_09;
  switch (vocabulary) {
    case Vocabulary::kCore: return "core";
    case Vocabulary::kApplicator: return "applicator";
    case Vocabulary::kUnevaluated: return old ? "" : "unevaluated";
    case Vocabulary::kValidation: return "validation";
    case Vocabulary::kMetaData: return "meta-data";
    case Vocabulary::kFormat: return old ? "format" : "format-annotation";
    case Vocabulary::kFormatAssertion: return old ? "" : "format-assertion";
    case Vocabulary::kContent: return "content";
  }
  return {};
}

std::string vocabulary_uri(Draft draft, Vocabulary vocabulary, std::string_view kind) {
  std::string uri(directory_of(draft));
  return uri.append(kind).append("/").append(vocabulary_name(draft, vocabulary));
}

std::optional<Draft> draft_of_meta_schema(std::string_view uri) {
  const auto [base, fragment] = split_fragment(uri);
  if (!fragment.empty()) return std::nullopt;
  for (const Draft draft : kDrafts) {
    if (without_scheme(base) == without_scheme(meta_schema_uri(draft))) return draft;
  }
  return std::nullopt;
}

std::optional<Vocabulary> vocabulary_of_uri(Draft draft, std::string_view uri) {
  for (std::size_t i = 0; i < kVocabularyCount; ++i) {
    const auto vocabulary = static_cast<Vocabulary>(i);
    if (!vocabulary_name(draft, vocabulary).empty() && vocabulary_uri(draft, vocabulary) == uri) return vocabulary;
  }
  return std::nullopt;
}

}  // namespace propylon::schema::json_schema
