#include "schema/json_schema/pattern.h"

#include <re2/re2.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "schema/json_schema/limits.h"

namespace propylon::schema::json_schema {
namespace {

bool is_plain(char c) {
  return std::string_view("^$\\.*+?()[]{}|/").find(c) == std::string_view::npos &&
         static_cast<unsigned char>(c) >= 0x20;
}

}  // namespace

Pattern::Pattern(std::string_view source) : source_(source) {}
Pattern::Pattern(Pattern&&) noexcept = default;
Pattern& Pattern::operator=(Pattern&&) noexcept = default;
Pattern::~Pattern() = default;

// literal, ^literal, ^literal$ where no character of the literal is special.
bool Pattern::recognise_literal() {
  std::string_view rest = source_;
  const bool from_start = rest.starts_with('^');
  if (from_start) rest.remove_prefix(1);
  const bool to_end = from_start && rest.ends_with('$');
  if (to_end) rest.remove_suffix(1);
  if (!std::ranges::all_of(rest, is_plain)) return false;
  kind_ = to_end ? Kind::kEqual : from_start ? Kind::kPrefix : Kind::kContains;
  literal_ = rest;
  return true;
}

// ^[A-Za-z0-9_-]+$ and its like: a class of plain ASCII characters and ranges, then + * {n} {n,} {n,m} or nothing.
bool Pattern::recognise_run() {
  std::string_view rest = source_;
  const auto close = rest.find(']');
  if (!rest.starts_with("^[") || !rest.ends_with('$') || close == std::string_view::npos || close < 3) return false;
  std::string_view inside = rest.substr(2, close - 2);
  std::string_view count = rest.substr(close + 1, rest.size() - close - 2);
  if (inside.starts_with('^')) return false;
  std::bitset<256> run;
  for (std::size_t i = 0; i < inside.size(); ++i) {
    const auto from = static_cast<unsigned char>(inside[i]);
    if (from >= 0x80 || from == '\\' || from == '[') return false;
    auto to = from;
    if (i + 2 < inside.size() && inside[i + 1] == '-') {
      to = static_cast<unsigned char>(inside[i += 2]);
      if (to >= 0x80 || to == '\\' || to == '[' || to < from) return false;
    }
    for (unsigned c = from; c <= to; ++c) run.set(c);
  }
  std::size_t min = 1, max = 1;
  if (count == "+" || count == "*") {
    min = count == "+" ? 1 : 0;
    max = SIZE_MAX;
  } else if (!count.empty()) {
    if (count.size() < 3 || count.front() != '{' || count.back() != '}') return false;
    const char* const end = count.data() + count.size() - 1;
    auto [at, fault] = std::from_chars(count.data() + 1, end, min);
    if (fault != std::errc{} || min > static_cast<std::size_t>(kPatternRepeatMax)) return false;
    max = min;
    if (at != end) {
      if (*at++ != ',') return false;
      max = SIZE_MAX;
      if (at != end &&
          (std::from_chars(at, end, max).ptr != end || max < min || max > static_cast<std::size_t>(kPatternRepeatMax)))
        return false;
    }
  }
  kind_ = Kind::kRun;
  run_ = run;
  run_min_ = min;
  run_max_ = max;
  return true;
}

std::expected<Pattern, PatternFault> Pattern::compile(std::string_view ecma) {
  if (ecma.size() > kPatternBytesMax) {
    return std::unexpected(PatternFault{true, "a regular expression has at most " + std::to_string(kPatternBytesMax) +
                                                  " bytes, this one has " + std::to_string(ecma.size())});
  }
  Pattern pattern(ecma);
  if (pattern.recognise_literal() || pattern.recognise_run()) return pattern;
  auto translated = to_re2_syntax(ecma);
  if (!translated) return std::unexpected(std::move(translated).error());
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_never_capture(true);
  options.set_max_mem(kPatternMemoryMax);
  pattern.automaton_ = std::make_unique<re2::RE2>(*translated, options);
  if (pattern.automaton_->ok()) return pattern;
  const bool too_large = pattern.automaton_->error_code() == re2::RE2::ErrorPatternTooLarge;
  return std::unexpected(PatternFault{too_large, too_large ? "the regular expression is too large when compiled"
                                                           : "no regular expression: " + pattern.automaton_->error()});
}

bool Pattern::matches(std::string_view text) const {
  switch (kind_) {
    case Kind::kContains: return text.find(literal_) != std::string_view::npos;
    case Kind::kPrefix: return text.starts_with(literal_);
    case Kind::kEqual: return text == literal_;
    case Kind::kRun:
      return text.size() >= run_min_ && text.size() <= run_max_ &&
             std::ranges::all_of(text, [&](char c) { return run_[static_cast<unsigned char>(c)]; });
    case Kind::kAutomaton: break;
  }
  return automaton_->Match({text.data(), text.size()}, 0, text.size(), re2::RE2::UNANCHORED, nullptr, 0);
}

}  // namespace propylon::schema::json_schema
