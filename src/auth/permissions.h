// Decides who may do what; the only place that does.
//
// Fails closed: what no rule allows is refused. An administrator may do everything in his account, a client what his
// grants say (without `permissions`: produce and consume at every station of the account). Nobody acts in another
// account.
#pragma once
#include <string>
#include <string_view>

#include "auth/principal.h"
#include "core/ids.h"
#include "core/result.h"

namespace propylon::auth {

enum class Action : std::uint8_t {
  kProduce,
  kConsume,
  kReadStation,  // its document, groups, dead letters: for who may consume there
  kAdminister,   // everything else
};

// `station` in normal form; not looked at for kAdminister. Does not allocate when it allows.
// Errors: kForbidden, whether or not the station exists.
Result<void> authorize(const Principal& principal, Action action, AccountId account, std::string_view station);

// A pattern of stations in the form in which grants have it: lower-cased, by the rules of station names (with the
// length of a name), where `*` counts as a letter. Errors: kInvalidName.
Result<std::string> normalize_pattern(std::string_view pattern);

// Whether a name fits a pattern; `*` stands for any run of characters, also none. Linear in practice and never worse
// than pattern times name (both at most 128 bytes).
bool matches(std::string_view pattern, std::string_view name);

}  // namespace propylon::auth
