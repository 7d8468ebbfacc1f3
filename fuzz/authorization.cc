// Credentials in a head or a query: what is read from them is what was written, in whatever form it came.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "auth/credentials.h"
#include "core/assert.h"
#include "json/base64.h"

using namespace propylon;

namespace {

// Base64 that is taken is the one form of its bytes, so two writings never stand for one pair of name and password.
void check_basic(std::string_view text) {
  const auto pair = auth::decode_basic(text);
  if (!pair) return;
  PPL_ASSERT(pair->user.find(':') == std::string::npos);
  const std::string joined = pair->user + ":" + std::string(pair->password.reveal());
  const auto again = auth::decode_basic(json::to_base64(joined, json::Base64::kStandard));
  PPL_ASSERT(again && again->user == pair->user && again->password.reveal() == pair->password.reveal());
}

void check_pair(std::string_view bytes) {
  const auto pair = auth::decode_basic(json::to_base64(bytes, json::Base64::kStandard));
  const std::size_t colon = bytes.find(':');
  PPL_ASSERT(pair.has_value() == (colon != std::string_view::npos));
  if (!pair) return;
  PPL_ASSERT(pair->user == bytes.substr(0, colon) && pair->password.reveal() == bytes.substr(colon + 1));
}

void check_header(std::string_view header) {
  const auto authorization = auth::parse_authorization(header);
  if (!authorization) return;
  PPL_ASSERT(!authorization->value.empty());
  const bool bearer = authorization->scheme == auth::Authorization::Scheme::kBearer;
  const auto again = auth::parse_authorization((bearer ? "Bearer " : "Basic ") + std::string(authorization->value));
  PPL_ASSERT(again && again->scheme == authorization->scheme && again->value == authorization->value);
  check_basic(authorization->value);
}

void check_user(std::string_view name) {
  const auto user = auth::resolve_user(name, {}, {});
  if (!user) return;
  PPL_ASSERT(user->account.value >= 1);
  PPL_ASSERT(user->name.find('$') == std::string::npos || user->name.size() < name.size());
  const auto again = auth::resolve_user(user->name + "$" + std::to_string(user->account.value), {}, {});
  PPL_ASSERT(again && again->account == user->account && again->name == user->name);
  PPL_ASSERT(auth::resolve_user(name, AccountId{7}, AccountId{8})->account == AccountId{7});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_header(text);
  check_basic(text);
  check_pair(text);
  check_user(text);
  if (const auto account = auth::parse_account(text, "f")) {
    PPL_ASSERT(auth::parse_account(std::to_string(account->value), "f").value() == *account);
  }
  return 0;
}
