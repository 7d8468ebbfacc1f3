#include "schema/json_schema/library.h"

#include <charconv>

#include "schema/json_schema/limits.h"
#include "schema/json_schema/meta_schema.h"
#include "schema/json_schema/tape_builder.h"
#include "schema/json_schema/uri.h"

namespace propylon::schema::json_schema {
namespace {

constexpr int kLoadingMax = 8;

std::string below(const std::string& pointer, std::string_view token) {
  std::string longer = pointer;
  append_pointer_token(longer, token);
  return longer;
}

std::string_view id_keyword(Draft draft) { return draft == Draft::k4 ? "id" : "$id"; }

// The string behind a keyword, or nothing.
std::optional<std::string_view> string_member(const Tape& tape, Position object, std::string_view name) {
  if (!tape.is_object(object)) return std::nullopt;
  const Position value = tape.find(object, name);
  if (value == 0 || !tape.is_string(value)) return std::nullopt;
  return tape.text(value);
}

}  // namespace

std::string Library::location(Place place) const {
  const std::string& pointer = subschema(place).pointer;
  return place.document == 0 ? pointer : documents_[place.document].uri + "#" + pointer;
}

bool Library::ignores_siblings_of_ref(Place place, Draft draft) const {
  return draft <= Draft::k7 && string_member(tape(place), place.at, "$ref").has_value();
}

Result<Place> Library::add(std::string_view text, std::string_view uri, std::optional<Dialect> dialect) {
  auto tape = std::make_shared<const OwnTape>(PPL_TRY(build_tape(text, kDefinitionDepthMax)));
  const Place root{static_cast<std::uint32_t>(documents_.size()), 0};
  documents_.push_back({std::string(uri), tape});
  const Dialect own = PPL_TRY(dialect_of(tape->view(), 0, dialect));
  const auto resource = static_cast<std::uint32_t>(resources_.size());
  resources_.push_back({std::string(split_fragment(uri).base), root, own, {}, {}, false});
  resource_by_uri_.emplace(resources_.back().uri, resource);
  PPL_CHECK(index(root, resource, ""));
  return root;
}

Result<Dialect> Library::dialect_of(const Tape& tape, Position root, const std::optional<Dialect>& otherwise) {
  const auto uri = string_member(tape, root, "$schema");
  if (!uri) return otherwise.value_or(Dialect{});
  if (const auto draft = draft_of_meta_schema(*uri)) {
    Dialect dialect;
    dialect.draft = *draft;
    return dialect;
  }
  return dialect_of_meta_schema(*uri);
}

Result<Dialect> Library::dialect_of_meta_schema(std::string_view uri) {
  const auto resource = resource_of(split_fragment(uri).base);
  if (!resource) {
    return fail(ErrorCode::kInvalidRequest,
                "$schema names " + std::string(uri) +
                    ", which is none of the drafts 4, 6, 7, 2019-09 and 2020-12; nothing is fetched",
                "/$schema");
  }
  const SchemaResource& meta = resources_[*resource];
  const Tape tape = this->tape(meta.root);
  Dialect dialect = meta.dialect;
  const Position vocabularies = tape.is_object(meta.root.at) ? tape.find(meta.root.at, "$vocabulary") : 0;
  if (vocabularies == 0 || !tape.is_object(vocabularies)) {
    dialect.vocabularies = Dialect{}.vocabularies;
    return dialect;
  }
  dialect.vocabularies = 1 << static_cast<int>(Vocabulary::kCore);
  std::string unknown;
  tape.each_member(vocabularies, [&](Position key, Position required) {
    if (const auto vocabulary = vocabulary_of_uri(dialect.draft, tape.text(key))) {
      dialect.vocabularies = static_cast<std::uint16_t>(dialect.vocabularies | 1 << static_cast<int>(*vocabulary));
    } else if (tape.is_true(required)) {
      unknown = tape.text(key);
    }
  });
  if (unknown.empty()) return dialect;
  return fail(ErrorCode::kInvalidRequest, "the meta-schema requires the unknown vocabulary " + unknown, "/$schema");
}

Result<std::uint32_t> Library::resource_of(std::string_view uri, std::optional<Dialect> dialect) {
  const auto [document, fragment] = split_fragment(uri);
  if (!fragment.empty()) {
    return fail(ErrorCode::kInvalidRequest, "it refers to " + std::string(uri) + ", which is a part of a document");
  }
  const auto known = resource_by_uri_.find(std::string(document));
  if (known != resource_by_uri_.end()) return known->second;
  return load(document, dialect);
}

Result<std::uint32_t> Library::load(std::string_view uri, std::optional<Dialect> dialect) {
  auto text = meta_schema_text(uri);
  if (!text && resolver_) text = resolver_(uri);
  if (!text) {
    return fail(ErrorCode::kInvalidRequest,
                "it refers to " + std::string(uri) + ", which is not part of the definition; nothing is fetched");
  }
  if (loading_ == kLoadingMax) return fail(ErrorCode::kInvalidRequest, "meta-schemas refer to each other without end");
  ++loading_;
  const auto root = add(*text, uri, dialect);
  --loading_;
  if (!root) return std::unexpected(root.error());
  return resource_by_uri_.at(std::string(uri));
}

Result<void> Library::index(Place place, std::uint32_t resource, const std::string& pointer) {
  if (subschemas_.contains(place.key())) return {};
  if (subschemas_.size() >= kSubschemasMax) {
    return fail(ErrorCode::kInvalidRequest, "a schema has at most " + std::to_string(kSubschemasMax) + " subschemas",
                pointer);
  }
  const Tape tape = this->tape(place);
  if (!tape.is_object(place.at)) {
    subschemas_.emplace(place.key(), Subschema{resource, pointer});
    return {};
  }
  if (!ignores_siblings_of_ref(place, resources_[resource].dialect.draft)) {
    resource = PPL_TRY(open_resource(place, resource, pointer));
    note_anchors(place, resource);
  }
  subschemas_.emplace(place.key(), Subschema{resource, pointer});
  return index_below(place, resource, pointer);
}

// The resource that a subschema belongs to: a new one when it has an identifier of its own.
Result<std::uint32_t> Library::open_resource(Place place, std::uint32_t outer, const std::string& pointer) {
  const Tape tape = this->tape(place);
  const bool document_root = place.at == 0;
  const std::optional<Dialect> inherited = resources_[outer].dialect;
  const auto id = string_member(tape, place.at, id_keyword(inherited->draft));
  if (!id || id->starts_with('#')) return outer;
  const std::string resolved = resolve_uri(resources_[outer].uri, *id);
  const auto [base, fragment] = split_fragment(resolved);
  if (!fragment.empty() && inherited->draft >= Draft::k2019_09) {
    return fail(ErrorCode::kInvalidRequest, "an $id has no fragment", below(pointer, "$id"));
  }
  if (document_root) {
    resources_[outer].uri = base;
    resource_by_uri_.emplace(resources_[outer].uri, outer);
    return outer;
  }
  auto dialect = dialect_of(tape, place.at, inherited);
  if (!dialect) {
    dialect.error().field = below(pointer, "$schema");
    return std::unexpected(dialect.error());
  }
  const auto resource = static_cast<std::uint32_t>(resources_.size());
  if (!resource_by_uri_.emplace(base, resource).second) {
    return fail(ErrorCode::kInvalidRequest, "two schemas have the identifier " + std::string(base), pointer);
  }
  resources_.push_back({std::string(base), place, *dialect, {}, {}, false});
  return resource;
}

void Library::note_anchors(Place place, std::uint32_t resource_index) {
  const Tape tape = this->tape(place);
  SchemaResource& resource = resources_[resource_index];
  const Draft draft = resource.dialect.draft;
  if (draft <= Draft::k7) {
    const auto id = string_member(tape, place.at, id_keyword(draft));
    if (!id) return;
    const auto fragment = split_fragment(*id).fragment;
    if (!fragment.empty()) resource.anchors.emplace(fragment, place.at);
    return;
  }
  if (const auto name = string_member(tape, place.at, "$anchor")) resource.anchors.emplace(*name, place.at);
  if (draft == Draft::k2019_09) {
    const Position recursive = tape.find(place.at, "$recursiveAnchor");
    if (recursive != 0 && tape.is_true(recursive) && place.key() == resource.root.key())
      resource.recursive_anchor = true;
    return;
  }
  if (const auto name = string_member(tape, place.at, "$dynamicAnchor")) {
    resource.anchors.emplace(*name, place.at);
    resource.dynamic_anchors.emplace(*name, place.at);
  }
}

Result<void> Library::index_below(Place place, std::uint32_t resource, const std::string& pointer) {
  const Tape tape = this->tape(place);
  const Draft draft = resources_[resource].dialect.draft;
  const Position end = tape.last(place.at);
  for (Position key = tape.first(place.at); key != end; key = tape.next(key + 1)) {
    const Keyword* keyword = find_keyword(tape.text(key), draft);
    if (keyword == nullptr) continue;
    PPL_CHECK(index_shape(keyword->shape, {place.document, key + 1}, resource, below(pointer, keyword->name)));
  }
  return {};
}

Result<void> Library::index_shape(Shape shape, Place value, std::uint32_t resource, const std::string& pointer) {
  const Tape tape = this->tape(value);
  const bool one = shape == Shape::kSchema || shape == Shape::kSchemaOrSchemas || shape == Shape::kSchemaOrBoolean;
  const bool list = shape == Shape::kSchemas || shape == Shape::kSchemaOrSchemas;
  const bool map = shape == Shape::kSchemaMap || shape == Shape::kDependencies;
  if (list && tape.is_array(value.at)) {
    std::size_t i = 0;
    for (Position item = tape.first(value.at); item != tape.last(value.at); item = tape.next(item), ++i)
      PPL_CHECK(index({value.document, item}, resource, below(pointer, std::to_string(i))));
  } else if (one) {
    return index(value, resource, pointer);
  } else if (map && tape.is_object(value.at)) {
    for (Position key = tape.first(value.at); key != tape.last(value.at); key = tape.next(key + 1)) {
      if (shape == Shape::kDependencies && tape.is_array(key + 1)) continue;
      PPL_CHECK(index({value.document, key + 1}, resource, below(pointer, tape.text(key))));
    }
  }
  return {};
}

Result<Target> Library::resolve(Place from, std::string_view reference) {
  const SchemaResource& own = resources_[subschema(from).resource];
  const std::string uri = resolve_uri(own.uri, reference);
  const auto [base, encoded] = split_fragment(uri);
  const std::uint32_t resource = PPL_TRY(resource_of(base, own.dialect));
  const std::string fragment = percent_decoded(encoded);
  if (fragment.empty()) return Target{resources_[resource].root, {}};
  if (fragment.front() == '/') return Target{PPL_TRY(walk(resource, fragment)), {}};
  const auto anchor = resources_[resource].anchors.find(fragment);
  if (anchor == resources_[resource].anchors.end()) {
    return fail(ErrorCode::kInvalidRequest, "it refers to " + uri + ", but no such anchor is there");
  }
  return Target{{resources_[resource].root.document, anchor->second}, fragment};
}

// Follows a JSON pointer. What is no known place of a schema becomes one by being referred to.
Result<Place> Library::walk(std::uint32_t resource, std::string_view pointer) {
  Place place = resources_[resource].root;
  const Tape tape = this->tape(place);
  std::string path = subschema(place).pointer;
  for (const std::string& token : pointer_tokens(pointer)) {
    Position next = 0;
    if (tape.is_object(place.at)) {
      next = tape.find(place.at, token);
    } else if (tape.is_array(place.at)) {
      std::size_t index = 0;
      const char* const end = token.data() + token.size();
      const bool number = std::from_chars(token.data(), end, index).ptr == end && !token.empty();
      if (number && index < tape.count(place.at)) {
        next = tape.first(place.at);
        while (index-- > 0) next = tape.next(next);
      }
    }
    if (next == 0) {
      return fail(ErrorCode::kInvalidRequest,
                  "it refers to " + resources_[resource].uri + "#" + std::string(pointer) + ", but nothing is there");
    }
    place.at = next;
    append_pointer_token(path, token);
    const auto known = subschemas_.find(place.key());
    if (known != subschemas_.end()) resource = known->second.resource;
  }
  PPL_CHECK(index(place, resource, path));
  return place;
}

}  // namespace propylon::schema::json_schema
