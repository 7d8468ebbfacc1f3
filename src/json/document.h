// Reads small JSON documents: request bodies, token claims, catalog entries.
//
// The whole text is checked when it is parsed; fields are converted when they are asked for. Of fields with the same
// name the last counts; a field that is null counts as absent. For messages see json/array_split.h: they are never
// converted.
#pragma once
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace propylon::json {

struct DocumentLimits {
  std::size_t bytes = 1024 * 1024;
  std::size_t depth = 1024;
};

class Object;
struct Tree;  // in document.cc: the parsed text

enum class Type : std::uint8_t { kNull, kBoolean, kNumber, kString, kArray, kObject };

// One value inside a Document, which must outlive it. Cheap to copy.
class Value final {
 public:
  Value(const Tree& tree, std::uint32_t node) : tree_(&tree), node_(node) {}
  Type type() const;
  // The value as it was written, without blanks around it.
  std::string_view raw() const;

  // Conversions; `field` is what a refusal names. Errors of all: kInvalidRequest, saying which type is wanted.
  // A string's escapes are resolved; half of a surrogate pair is refused (it has no UTF-8 form).
  Result<std::string> string(std::string_view field) const;
  // A number without a fraction that fits; 60, 60.0 and 6e1 are the same.
  Result<std::int64_t> integer(std::string_view field) const;
  Result<bool> boolean(std::string_view field) const;
  Result<Object> object(std::string_view field) const;
  Result<std::vector<Value>> array(std::string_view field) const;

 private:
  const Tree* tree_;
  std::uint32_t node_;
};

// An object inside a Document, which must outlive it. Cheap to copy.
class Object final {
 public:
  Object(const Tree& tree, std::uint32_t node) : tree_(&tree), node_(node) {}

  // The field's value as it stands; an empty optional when it is absent or null.
  std::optional<Value> find(std::string_view name) const;
  // Whether the field is there and null: what a merge patch (RFC 7396) removes.
  bool is_null(std::string_view name) const;

  // The field converted; an empty optional when it is absent or null. Errors as in Value, naming the field.
  Result<std::optional<std::string>> string(std::string_view name) const;
  Result<std::optional<std::int64_t>> integer(std::string_view name) const;
  Result<std::optional<bool>> boolean(std::string_view name) const;
  Result<std::optional<Object>> object(std::string_view name) const;
  Result<std::optional<std::vector<Value>>> array(std::string_view name) const;

  // Errors: kInvalidRequest naming the first field that is not in the list.
  Result<void> refuse_unknown(std::initializer_list<std::string_view> known) const;
  // Names in the order in which they were written, repeated ones too.
  std::vector<std::string> names() const;

 private:
  const Tree* tree_;
  std::uint32_t node_;
};

// Owns what its values view, except the text itself: that belongs to the caller and must outlive the document.
// Thread: any, as nothing changes after parse().
class Document final {
 public:
  // A byte order mark at the beginning is passed over. Errors: kInvalidJson, whose message ends in the position ("at
  // byte 17"); kBodyTooLarge.
  static Result<Document> parse(std::string_view text, DocumentLimits limits = {});
  // The same, and the text must be an object; any other value is kInvalidRequest, saying what it is.
  static Result<Document> parse_object(std::string_view text, DocumentLimits limits = {});

  Document(Document&&) noexcept;
  Document& operator=(Document&&) noexcept;
  ~Document();

  Value root() const { return Value(*tree_, 0); }
  // Only of a document from parse_object().
  Object object() const;

 private:
  explicit Document(std::unique_ptr<Tree> tree);
  std::unique_ptr<Tree> tree_;
};

}  // namespace propylon::json
