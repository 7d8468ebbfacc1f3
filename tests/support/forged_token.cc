#include "support/forged_token.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <chrono>
#include <map>
#include <stdexcept>

#include "json/base64.h"
#include "support/json_members.h"

namespace propylon::testing {
namespace {

std::string base64url(std::string_view bytes) {
  std::string text;
  json::append_base64(text, bytes, json::Base64::kUrl);
  return text;
}

std::string hmac(std::string_view text, std::string_view key, Digest digest) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes;
  unsigned size = 0;
  ::HMAC(digest == Digest::kSha256 ? ::EVP_sha256() : ::EVP_sha512(), key.data(), static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(), bytes.data(), &size);
  return {reinterpret_cast<const char*>(bytes.data()), size};
}

std::string join(const std::map<std::string, std::string>& members) {
  std::string object;
  for (const auto& [name, value] : members) object += (object.empty() ? "{" : ",") + json_string(name) + ":" + value;
  return object + "}";
}

}  // namespace

std::string forge_token(std::string_view header, std::string_view claims, std::string_view key, Digest digest) {
  const std::string text = base64url(header) + "." + base64url(claims);
  return text + "." + base64url(hmac(text, key, digest));
}

std::string claims_in(std::string_view token) {
  const std::size_t first = token.find('.');
  const std::size_t second = token.find('.', first + 1);
  const auto claims = json::from_base64(token.substr(first + 1, second - first - 1), json::Base64::kUrl);
  if (!claims) throw std::runtime_error("not a token: " + std::string(token));
  return *claims;
}

std::string changed(const std::string& claims, const std::string& name, const std::string& json) {
  auto members = members_of(claims);
  members[name] = json;
  return join(members);
}

std::string without(const std::string& claims, const std::string& name) {
  auto members = members_of(claims);
  members.erase(name);
  return join(members);
}

std::int64_t unix_time_s() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(now).count();
}

}  // namespace propylon::testing
