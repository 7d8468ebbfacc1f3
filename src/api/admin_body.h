// The JSON body of a request of administration: strict, and aware of what a null means.
//
// A field is given, reset or left out. What is left out stays as it is (in a new document: at its default). A field
// that is null counts as left out in a PUT; in a PATCH it goes back to its default, as a merge patch (RFC 7396) has
// it. An unknown field is refused by name: nobody should believe that a misspelt setting was made. Of repeated fields
// the last counts.
#pragma once
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.h"
#include "core/result.h"
#include "json/document.h"

namespace propylon::api {

// What a null says, by the request's method.
enum class NullMeans : std::uint8_t {
  kAbsent,   // PUT, POST
  kDefault,  // PATCH
};

// The fields of one object of the body. Each reader gives an empty optional for what stays as it is, and `fallback`
// for what goes back to its default. Cheap to copy; the AdminBody outlives it.
// Errors of all: kInvalidRequest naming the field, with its path ("retention.type").
class AdminFields final {
 public:
  struct Range {
    std::uint64_t min;
    std::uint64_t max;
  };

  Result<std::optional<std::string>> string(std::string_view name, std::string fallback) const;
  Result<std::optional<bool>> boolean(std::string_view name, bool fallback) const;
  // 60, 60.0 and 6e1 are the same number.
  Result<std::optional<std::uint64_t>> number(std::string_view name, Range range, std::uint64_t fallback) const;
  // One of these words, as its place in the list.
  Result<std::optional<std::size_t>> word(std::string_view name, std::initializer_list<std::string_view> words,
                                          std::size_t fallback) const;

  // For fields with a form of their own: the value, empty when the field is null or left out; resets() tells these
  // two apart.
  std::optional<json::Value> find(std::string_view name) const { return object_.find(name); }
  // The field is null, and that means its default.
  bool resets(std::string_view name) const;
  // An object inside, which may have only these fields; empty when it is null or left out.
  Result<std::optional<AdminFields>> object(std::string_view name, std::initializer_list<std::string_view> known) const;

  // The same for an element of a list, which stands at `path` of the body ("permissions[0]") and is an object.
  Result<AdminFields> element(const json::Value& value, const std::string& path,
                              std::initializer_list<std::string_view> known) const;

  // Where a field of this object stands in the body: what a refusal names.
  std::string path_of(std::string_view name) const { return path_ + std::string(name); }

 private:
  friend class AdminBody;
  AdminFields(json::Object object, NullMeans null_means, std::string path)
      : object_(object), null_means_(null_means), path_(std::move(path)) {}
  Result<void> refuse_unknown(std::initializer_list<std::string_view> known) const;

  json::Object object_;
  NullMeans null_means_;
  std::string path_;  // ends in a dot when it is not empty
};

// Thread: caller serialises.
class AdminBody final {
 public:
  // Any or no content type; an empty body is an object without fields; its length was judged by
  // the server (BodyLimit). The bytes outlive the AdminBody: read it
  // before the coroutine first suspends (http/exchange.h).
  // Errors: kInvalidJson when it is no JSON object; kInvalidRequest naming a field that is not among `known`.
  static Result<AdminBody> read(ByteView body, NullMeans null_means, std::initializer_list<std::string_view> known);

  AdminFields fields() const { return {document_.object(), null_means_, {}}; }

 private:
  AdminBody(json::Document document, NullMeans null_means) : document_(std::move(document)), null_means_(null_means) {}

  json::Document document_;
  NullMeans null_means_;
};

}  // namespace propylon::api
