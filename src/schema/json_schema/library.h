// The documents that a definition consists of: its own text, meta-schemas it refers to, and in tests others.
//
// Finds the subschemas, their base URIs and anchors by the table of keywords, and what a reference means.
#pragma once
#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/result.h"
#include "schema/json_schema/dialect.h"
#include "schema/json_schema/keywords.h"
#include "schema/json_schema/tape.h"

namespace propylon::schema::json_schema {

// The text behind a URI without a fragment, or nothing. Production has none: nothing is fetched.
using Resolver = std::function<std::optional<std::string>(std::string_view uri)>;

// One value in one document.
struct Place {
  std::uint32_t document = 0;
  Position at = 0;
  std::uint64_t key() const { return std::uint64_t{document} << 32 | at; }
};

// A schema with a URI of its own, and what can be referred to in it by name.
struct SchemaResource {
  std::string uri;
  Place root;
  Dialect dialect;
  std::map<std::string, Position, std::less<>> anchors;  // dynamic ones too
  std::map<std::string, Position, std::less<>> dynamic_anchors;
  bool recursive_anchor = false;
};

struct Subschema {
  std::uint32_t resource;
  std::string pointer;  // in its document
};

// What a reference leads to.
struct Target {
  Place place;
  std::string anchor;  // the name, when the fragment is one
};

// Thread: caller serialises.
class Library final {
 public:
  explicit Library(Resolver resolver) : resolver_(std::move(resolver)) {}

  // Takes a document in; `uri` may be empty. Gives the place of its root. Errors: kInvalidRequest with a sentence,
  // `field` being the pointer of what is at fault; kInvalidJson.
  Result<Place> add(std::string_view text, std::string_view uri, std::optional<Dialect> dialect = std::nullopt);
  // The document of that URI (an empty fragment does not matter, any other is an error), loaded when it is not there;
  // `dialect` is that of who asks, for documents without $schema. The same errors, and when there is no such document.
  Result<std::uint32_t> resource_of(std::string_view uri, std::optional<Dialect> dialect = std::nullopt);

  Tape tape(Place place) const { return documents_[place.document].tape->view(); }
  const std::shared_ptr<const OwnTape>& own_tape(std::uint32_t document) const { return documents_[document].tape; }
  std::size_t documents() const { return documents_.size(); }
  const Subschema& subschema(Place place) const { return subschemas_.at(place.key()); }
  const SchemaResource& resource(std::uint32_t index) const { return resources_[index]; }
  std::size_t resources() const { return resources_.size(); }
  // Where a subschema stands, for people: its pointer, behind the URI when it is in another document than the first.
  std::string location(Place place) const;

  // What `reference` means in a subschema. Errors as add().
  Result<Target> resolve(Place from, std::string_view reference);

  // How many subschemas there are: the walk stops with an error above kSubschemasMax.
  std::size_t size() const { return subschemas_.size(); }

 private:
  struct Document {
    std::string uri;
    std::shared_ptr<const OwnTape> tape;
  };

  Result<Dialect> dialect_of(const Tape& tape, Position root, const std::optional<Dialect>& otherwise);
  Result<Dialect> dialect_of_meta_schema(std::string_view uri);
  Result<std::uint32_t> load(std::string_view uri, std::optional<Dialect> dialect);
  // Registers the subschema there and those below it.
  Result<void> index(Place place, std::uint32_t resource, const std::string& pointer);
  Result<void> index_below(Place place, std::uint32_t resource, const std::string& pointer);
  Result<void> index_shape(Shape shape, Place value, std::uint32_t resource, const std::string& pointer);
  Result<std::uint32_t> open_resource(Place place, std::uint32_t outer, const std::string& pointer);
  void note_anchors(Place place, std::uint32_t resource);
  Result<Place> walk(std::uint32_t resource, std::string_view pointer);
  bool ignores_siblings_of_ref(Place place, Draft draft) const;

  Resolver resolver_;
  std::vector<Document> documents_;
  std::vector<SchemaResource> resources_;
  std::unordered_map<std::string, std::uint32_t> resource_by_uri_;
  std::unordered_map<std::uint64_t, Subschema> subschemas_;
  int loading_ = 0;  // documents inside each other, a bound on meta-schemas of meta-schemas
};

}  // namespace propylon::schema::json_schema
