// The query of every list: which part of it is asked for.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "core/page.h"
#include "core/result.h"

namespace propylon::api {

inline constexpr std::uint32_t kListLimitDefault = 100;
inline constexpr std::uint32_t kListLimitMax = 1000;

struct ListQuery {
  std::string prefix;  // of the names; empty: all
  std::string after;   // names behind this one; empty: from the start
  std::uint32_t limit = kListLimitDefault;

  // Views of this one.
  PageRequest page() const { return {.prefix = prefix, .after = after, .limit = limit}; }
};

// `limit=1..1000`, `after=` as "next" of the list before gave it (list_answer.h), `prefix=` as names are compared. An
// empty `after` or `prefix` counts as absent; of repeated ones the last counts; others are ignored.
// Errors: kInvalidRequest naming the parameter.
Result<ListQuery> read_list_query(std::string_view query);

}  // namespace propylon::api
