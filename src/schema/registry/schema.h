// A schema with its versions as everybody reads it: an immutable value made from a catalog document.
//
//   catalog body:
//   {"type":"json","active":2,"versions":[
//     {"definition":"{\"type\":\"object\"}","form":"json","created_us":1767225600000000},
//     {"definition":"...","form":"text","assert_format":true,"created_us":...}]}
//
// A version's number is its place in the list, from 1 on. A version never changes and never goes but with the schema.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"
#include "core/bytes.h"
#include "core/clock.h"
#include "core/ids.h"
#include "core/result.h"
#include "schema/compiler.h"
#include "schema/schema_type.h"

namespace propylon::schema::registry {

// Of one schema; that each definition is within its language's bounds is the compiler's to say.
inline constexpr std::size_t kVersionsMax = 1000;
inline constexpr std::size_t kVersionsBytesMax = 8 * kMiB;  // of all definitions

// Which schema is meant; the name is in normal form (core/name_rules.h).
struct SchemaRef {
  AccountId account = kDefaultAccount;
  std::string name{};
};

// How a definition stood in the request that brought it, which is how it is shown again.
enum class DefinitionForm : std::uint8_t {
  kText,  // a JSON string
  kJson,  // a JSON value
};

struct SchemaVersion {
  std::string definition{};  // byte for byte as it was given; UTF-8
  DefinitionForm form = DefinitionForm::kText;
  DefinitionOptions options{};
  WallTime created{};
};

struct Schema {
  AccountId account = kDefaultAccount;
  std::string name{};
  std::uint64_t id = 0;        // the document's: a schema that was removed and made again is another one
  std::uint64_t revision = 0;  // the document's
  SchemaType type = SchemaType::kJson;
  std::uint32_t active_version = 1;
  std::vector<SchemaVersion> versions{};  // never empty

  // The version of that number, 0 being the active one; null when there is none.
  const SchemaVersion* find(std::uint32_t number) const;
  // What 0 stands for is filled in.
  std::uint32_t number_of(std::uint32_t number) const { return number == 0 ? active_version : number; }
  std::uint64_t definition_bytes() const;
};

// Errors: kDamaged when the body is not one that to_catalog_body() wrote; says which schema.
Result<Schema> schema_from_document(const catalog::Document& document);
std::string to_catalog_body(const Schema& schema);

// kSchemaNotFound both.
Error no_such_schema(std::string_view name);
Error no_such_version(std::string_view name, std::uint32_t version);

}  // namespace propylon::schema::registry
