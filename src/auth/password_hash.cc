#include "auth/password_hash.h"

#include <sodium.h>

#include <array>

#include "core/assert.h"
#include "json/base64.h"

namespace propylon::auth {
namespace {

// Salt and tag of zeros: a well-formed hash that was not made from any password.
std::string make_dummy(PasswordHashCost cost) {
  return "$argon2id$v=19$m=" + std::to_string(cost.memory_kib) + ",t=" + std::to_string(cost.passes) +
         ",p=1$AAAAAAAAAAAAAAAAAAAAAA$" + std::string(43, 'A');
}

}  // namespace

PasswordHasher::PasswordHasher(PasswordHashCost cost) : cost_(cost), dummy_(make_dummy(cost)) {
  PPL_ASSERT(sodium_init() >= 0);
}

Result<std::string> PasswordHasher::hash(const Secret& password) const {
  std::array<char, crypto_pwhash_STRBYTES> text{};
  const std::string_view bytes = password.reveal();
  if (crypto_pwhash_str_alg(text.data(), bytes.data(), bytes.size(), cost_.passes,
                            static_cast<std::size_t>(cost_.memory_kib * 1024), crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return fail(ErrorCode::kInternal, "There is not enough memory to hash a password.");
  }
  return std::string(text.data());
}

bool PasswordHasher::verify(const std::string& hash, const Secret& password) const {
  if (hash.size() >= crypto_pwhash_STRBYTES) return false;
  const std::string_view bytes = password.reveal();
  return crypto_pwhash_str_verify(hash.c_str(), bytes.data(), bytes.size()) == 0;
}

Secret generate_password() {
  PPL_ASSERT(sodium_init() >= 0);
  std::string bytes(16, '\0');
  randombytes_buf(bytes.data(), bytes.size());
  return Secret(json::to_base64(bytes, json::Base64::kUrl));
}

}  // namespace propylon::auth
