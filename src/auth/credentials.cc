#include "auth/credentials.h"

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

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

std::optional<Authorization> parse_authorization(std::string_view header) {
  header = trim(header);
  const std::size_t blank = header.find_first_of(" \t");
  if (blank == std::string_view::npos) return std::nullopt;
  std::string_view scheme = header.substr(0, blank);
  const std::string_view value = trim(header.substr(blank));
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
