// Percent-escapes and query strings.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace propylon::http {

// What a plus sign means: itself in a path, a blank in a form or a query written by one.
enum class PlusSign { kLiteral, kBlank };

// Replaces every %XX by its byte; any byte may come out, NUL and invalid UTF-8 included. Nothing when a percent
// sign is not followed by two hexadecimal digits.
std::optional<std::string> percent_decode(std::string_view text, PlusSign plus);

struct QueryPair {
  std::string_view name;   // not decoded
  std::string_view value;  // not decoded; empty when there is no equals sign
};

// The pairs of "a=1&b=2" from left to right; empty ones ("&&") are left out. Views into the query.
// Use: for (QueryReader reader(query); auto pair = reader.next();)
class QueryReader final {
 public:
  explicit QueryReader(std::string_view query) : rest_(query) {}
  std::optional<QueryPair> next();

 private:
  std::string_view rest_;
};

}  // namespace propylon::http
