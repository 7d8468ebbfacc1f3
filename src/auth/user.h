// A user as everybody reads it: an immutable value made from a catalog document.
//
//   catalog body: {"password_hash":"$argon2id$...","role":"admin"|"client","permissions":[{"stations":["orders.*"],
//                  "actions":["produce","consume"]}],"ver":1,"description":""}
//
// `permissions` absent means every station of the account; an empty list means none.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "core/ids.h"
#include "core/result.h"

namespace propylon::json {
class Writer;
}

namespace propylon::auth {

enum class Role : std::uint8_t { kAdmin, kClient };

// What may be done at which stations. Patterns are lower-cased names; `*` stands for any run of characters and is
// the only wildcard.
struct Grant {
  std::vector<std::string> stations{};
  bool produce = false;
  bool consume = false;
};

struct User {
  AccountId account = kDefaultAccount;
  std::string name{};
  std::uint64_t id = 0;        // the document's: a user who was removed and made again is another one
  std::uint64_t revision = 0;  // the document's
  Role role = Role::kClient;
  std::optional<std::vector<Grant>> permissions{};
  std::uint64_t token_version = 1;  // tokens of another version are refused; whoever changes the password raises it
  std::string password_hash{};      // libsodium's text form of argon2id
  std::string description{};
};

// Errors: kDamaged when the body is not one that to_catalog_body() wrote; says which user.
Result<User> user_from_document(const catalog::Document& document);
std::string to_catalog_body(const User& user);

// The list of grants as both the catalog's and the administrator's documents have it.
void write_grants(json::Writer& writer, const std::vector<Grant>& grants);

std::string_view to_string(Role role);

}  // namespace propylon::auth
