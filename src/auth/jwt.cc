#include "auth/jwt.h"

#include <sodium.h>

#include <algorithm>

#include "core/assert.h"
#include "json/base64.h"
#include "json/document.h"
#include "json/writer.h"

namespace propylon::auth {
namespace {

// {"alg":"HS256","typ":"JWT"}
constexpr std::string_view kEncodedHeader = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";

std::unexpected<Error> refuse() { return fail(ErrorCode::kUnauthorized, "The token is not valid."); }

std::string sign(std::string_view text, const Secret& key) {
  crypto_auth_hmacsha256_state state;
  const std::string_view bytes = key.reveal();
  crypto_auth_hmacsha256_init(&state, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  crypto_auth_hmacsha256_update(&state, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  std::string mac(crypto_auth_hmacsha256_BYTES, '\0');
  crypto_auth_hmacsha256_final(&state, reinterpret_cast<unsigned char*>(mac.data()));
  return mac;
}

std::string_view name_of(TokenType type) { return type == TokenType::kAccess ? "access" : "refresh"; }

struct Parts {
  std::string_view header, claims, signature;
  std::string_view signed_text;
};

std::optional<Parts> split(std::string_view token) {
  const std::size_t first = token.find('.');
  if (first == std::string_view::npos) return std::nullopt;
  const std::size_t second = token.find('.', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  return Parts{token.substr(0, first), token.substr(first + 1, second - first - 1), token.substr(second + 1),
               token.substr(0, second)};
}

// Whether the header means what ours means: HS256, and nothing else that would have to be understood ("crit", "kid").
bool is_our_header(std::string_view encoded) {
  if (encoded == kEncodedHeader) return true;
  const auto text = json::from_base64(encoded, json::Base64::kUrl);
  if (!text) return false;
  const auto document = json::Document::parse_object(*text);
  if (!document || !document->object().refuse_unknown({"alg", "typ"})) return false;
  const auto algorithm = document->object().string("alg");
  const auto type = document->object().string("typ");
  return algorithm && *algorithm == "HS256" && type && type->value_or("JWT") == "JWT";
}

// Absent and negative numbers give an empty optional: none of ours is.
std::optional<std::int64_t> number(const json::Object& object, std::string_view name) {
  const auto value = object.integer(name);
  if (!value || value->value_or(-1) < 0) return std::nullopt;
  return **value;
}

Result<Claims> read_claims(std::string_view text, TokenType type) {
  const auto document = json::Document::parse_object(text, {.bytes = kTokenBytesMax, .depth = 8});
  if (!document) return refuse();
  const json::Object object = document->object();
  const auto subject = object.string("sub");
  const auto id = object.string("jti");
  const auto written_type = object.string("typ");
  const auto account = number(object, "acc");
  const auto issued = number(object, "iat");
  const auto expires = number(object, "exp");
  const auto user_id = number(object, "uid");
  const auto version = number(object, "ver");
  if (!subject || !*subject || !id || !*id || !written_type || *written_type != name_of(type)) return refuse();
  if (!account || !issued || !expires || !user_id || !version) return refuse();
  return Claims{.subject = **subject,
                .account = AccountId{static_cast<std::uint64_t>(*account)},
                .issued_at_s = *issued,
                .expires_at_s = *expires,
                .id = **id,
                .type = type,
                .user_id = static_cast<std::uint64_t>(*user_id),
                .token_version = static_cast<std::uint64_t>(*version)};
}

}  // namespace

TokenCodec::TokenCodec(TokenKeys keys) : keys_(std::move(keys)) {
  PPL_ASSERT(sodium_init() >= 0);
  PPL_ASSERT(!keys_.access.empty() && !keys_.refresh.empty());
}

std::string TokenCodec::issue(const Claims& claims) const {
  std::string body;
  json::Writer writer(body);
  writer.begin_object().key("sub").string(claims.subject).key("acc").number(claims.account.value);
  writer.key("iat").number(claims.issued_at_s).key("exp").number(claims.expires_at_s).key("jti").string(claims.id);
  writer.key("typ").string(name_of(claims.type)).key("uid").number(claims.user_id);
  writer.key("ver").number(claims.token_version).end_object();
  std::string token(kEncodedHeader);
  token.push_back('.');
  json::append_base64(token, body, json::Base64::kUrl);
  const std::string mac = sign(token, key_of(claims.type));
  token.push_back('.');
  json::append_base64(token, mac, json::Base64::kUrl);
  return token;
}

Result<Claims> TokenCodec::verify(std::string_view token, TokenType type, std::int64_t now_s) const {
  if (token.size() > kTokenBytesMax) return refuse();
  const auto parts = split(token);
  if (!parts || !is_our_header(parts->header)) return refuse();
  const auto mac = json::from_base64(parts->signature, json::Base64::kUrl);
  if (!mac || !equal_in_constant_time(*mac, sign(parts->signed_text, key_of(type)))) return refuse();
  const auto text = json::from_base64(parts->claims, json::Base64::kUrl);
  if (!text) return refuse();
  auto claims = read_claims(*text, type);
  if (claims && claims->expires_at_s <= now_s) return fail(ErrorCode::kUnauthorized, "The token has expired.");
  return claims;
}

std::string make_token_id() {
  std::string bytes(16, '\0');
  randombytes_buf(bytes.data(), bytes.size());
  return json::to_base64(bytes, json::Base64::kUrl);
}

std::int64_t lifetime_s(std::int64_t asked_min, std::int64_t default_min) {
  return std::min(asked_min > 0 ? asked_min : default_min, kLifetimeMinMax) * 60;
}

}  // namespace propylon::auth
