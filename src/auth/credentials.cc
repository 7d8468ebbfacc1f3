#include "auth/credentials.h"

#include <algorithm>
#include <charconv>

#include "core/ascii.h"
#include "json/base64.h"

namespace propylon::auth {

std::optional<Authorization> parse_authorization(std::string_view header) {
  header = trim_blanks(header);
  const auto blank = std::ranges::find_if(header, is_blank);
  if (blank == header.end()) return std::nullopt;
  std::string_view scheme(header.begin(), blank);
  const std::string_view value = trim_blanks({blank, header.end()});
  if (value.empty()) return std::nullopt;
  if (scheme.ends_with(':')) scheme.remove_suffix(1);
  if (equals_lower(scheme, "bearer")) return Authorization{Authorization::Scheme::kBearer, value};
  if (equals_lower(scheme, "basic")) return Authorization{Authorization::Scheme::kBasic, value};
  return std::nullopt;
}

std::optional<NameAndPassword> decode_basic(std::string_view base64) {
  auto text = json::from_base64(base64, json::Base64::kStandard);
  if (!text) return std::nullopt;
  const std::size_t colon = text->find(':');
  // Both copies of the password are wiped: this one, and the text that it came in.
  const Secret whole(*std::move(text));
  if (colon == std::string::npos) return std::nullopt;
  return NameAndPassword{std::string(whole.reveal().substr(0, colon)),
                         Secret(std::string(whole.reveal().substr(colon + 1)))};
}

Result<AccountId> parse_account(std::string_view text, std::string_view field) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) {
    return fail(ErrorCode::kInvalidRequest, "The account must be a positive integer.", std::string(field));
  }
  return AccountId{static_cast<std::uint64_t>(value)};
}

Result<UserRef> resolve_user(std::string_view user_name, AccountId from_body, AccountId from_query) {
  const std::size_t dollar = user_name.find('$');
  AccountId from_name{};
  if (dollar != std::string_view::npos) from_name = PPL_TRY(parse_account(user_name.substr(dollar + 1), "username"));
  UserRef user{kDefaultAccount, std::string(user_name.substr(0, dollar))};
  for (const AccountId account : {from_name, from_query, from_body}) {
    if (account != AccountId{}) user.account = account;
  }
  return user;
}

}  // namespace propylon::auth
