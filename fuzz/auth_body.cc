// Bodies of /auth/*, as JSON and as forms: what is accepted is read as the same when it is written out as the other.
//
// Input: an even byte for a form's content type, then the body.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "api/auth_body.h"
#include "core/assert.h"
#include "json/utf8.h"
#include "json/writer.h"

using namespace propylon;

namespace {

constexpr std::string_view kForm = "application/x-www-form-urlencoded";

bool same(const api::AuthFields& a, const api::AuthFields& b) {
  return a.username == b.username && a.password.reveal() == b.password.reveal() &&
         a.connection_token.reveal() == b.connection_token.reveal() && a.refresh_token == b.refresh_token &&
         a.account == b.account && a.lifetimes.access_min == b.lifetimes.access_min &&
         a.lifetimes.refresh_min == b.lifetimes.refresh_min;
}

std::string escaped(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out.append("%").append(1, kDigits[byte >> 4]).append(1, kDigits[byte & 15]);
  }
  return out;
}

std::string as_form(const api::AuthFields& fields) {
  return "username=" + escaped(fields.username) + "&password=" + escaped(fields.password.reveal()) +
         "&connection_token=" + escaped(fields.connection_token.reveal()) +
         "&jwt_refresh_token=" + escaped(fields.refresh_token) + "&account_id=" + std::to_string(fields.account.value) +
         "&token_expiry_in_minutes=" + std::to_string(fields.lifetimes.access_min) +
         "&refresh_token_expiry_in_minutes=" + std::to_string(fields.lifetimes.refresh_min);
}

std::string as_json(const api::AuthFields& fields) {
  std::string body;
  json::Writer writer(body);
  writer.begin_object().key("username").string(fields.username).key("password");
  writer.string(fields.password.reveal()).key("connection_token").string(fields.connection_token.reveal());
  writer.key("jwt_refresh_token").string(fields.refresh_token);
  writer.key("account_id").number(fields.account.value);
  writer.key("token_expiry_in_minutes").number(fields.lifetimes.access_min);
  writer.key("refresh_token_expiry_in_minutes").number(fields.lifetimes.refresh_min).end_object();
  return body;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view type = data[0] % 2 == 0 ? kForm : "application/json";
  const auto fields = api::read_auth_fields(type, {reinterpret_cast<const char*>(data) + 1, size - 1});
  if (!fields) {
    PPL_ASSERT(fields.error().code == ErrorCode::kInvalidRequest || fields.error().code == ErrorCode::kInvalidJson);
    return 0;
  }
  const auto form = api::read_auth_fields(kForm, as_form(*fields));
  PPL_ASSERT(form && same(*form, *fields));
  // A form may hold bytes that JSON cannot.
  for (const auto text : {std::string_view(fields->username), fields->password.reveal(),
                          fields->connection_token.reveal(), std::string_view(fields->refresh_token)}) {
    if (!json::valid_utf8(text)) return 0;
  }
  const auto json = api::read_auth_fields("", as_json(*fields));
  PPL_ASSERT(json && same(*json, *fields));
  return 0;
}
