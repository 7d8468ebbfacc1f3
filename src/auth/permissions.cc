#include "auth/permissions.h"

#include <algorithm>

#include "core/name_rules.h"

namespace propylon::auth {
namespace {

bool grants(const Grant& grant, Action action, std::string_view station) {
  const bool covers = action == Action::kProduce ? grant.produce : grant.consume;
  return covers &&
         std::ranges::any_of(grant.stations, [&](const std::string& pattern) { return matches(pattern, station); });
}

bool client_may(const User& user, Action action, std::string_view station) {
  if (action == Action::kAdminister) return false;
  if (!user.permissions) return true;
  return std::ranges::any_of(*user.permissions, [&](const Grant& grant) { return grants(grant, action, station); });
}

bool may(const User& user, Action action, AccountId account, std::string_view station) {
  if (user.account != account) return false;
  switch (user.role) {
    case Role::kAdmin: return true;
    case Role::kClient: return client_may(user, action, station);
  }
  return false;
}

std::string_view in_words(Action action) {
  switch (action) {
    case Action::kProduce: return "produce to this station";
    case Action::kConsume: return "consume from this station";
    case Action::kReadStation: return "read this station";
    case Action::kAdminister: return "do what only an administrator may do";
  }
  return "do this";
}

}  // namespace

Result<void> authorize(const Principal& principal, Action action, AccountId account, std::string_view station) {
  if (principal.user && may(*principal.user, action, account, station)) return {};
  return fail(ErrorCode::kForbidden, "The user may not " + std::string(in_words(action)) + ".");
}

Result<std::string> normalize_pattern(std::string_view pattern) {
  // By the rules of names, with a letter in place of each star.
  std::string as_name(pattern);
  std::ranges::replace(as_name, '*', 'x');
  std::string normal = PPL_TRY(normalize_name(NameKind::kStation, as_name));
  for (std::size_t i = 0; i < normal.size(); ++i) {
    if (pattern[i] == '*') normal[i] = '*';
  }
  return normal;
}

bool matches(std::string_view pattern, std::string_view name) {
  std::size_t p = 0, n = 0;
  // Where to go on after the last star took one character more.
  std::size_t star = std::string_view::npos, resume = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = n;
    } else if (p < pattern.size() && pattern[p] == name[n]) {
      ++p;
      ++n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++resume;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

}  // namespace propylon::auth
