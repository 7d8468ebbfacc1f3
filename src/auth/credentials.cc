#include "auth/credentials.h"

#include <algorithm>
#include <charconv>

#include "json/base64.h"

namespace propylon::auth {
namespace {

bool equal_ignoring_case(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] | 0x20) : text[i];
    if (c != lower[i]) return false;
  }
  return true;
}

constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace

std::optional<Authorization> parse_authorization(std::string_view header) {
  header = trim(header);
  const auto blank = std::ranges::find_if(header, is_blank);
  if (blank == header.end()) return std::nullopt;
  std::string_view scheme(header.begin(), blank);
  const std::string_view value = trim({blank, header.end()});
  if (value.empty()) return std::nullopt;
  if (scheme.ends_with(':')) scheme.remove_suffix(1);
  if (equal_ignoring_case(scheme, "bearer")) return Authorization{Authorization::Scheme::kBearer, value};
  if (equal_ignoring_case(scheme, "basic")) return Authorization{Authorization::Scheme::kBasic, value};
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
