// Regular expressions of schemas: ECMA 262 as it is written there, matched by RE2 in linear time.
//
// RE2's syntax differs in small things (blanks, `.`, escapes, names of Unicode properties), so each expression is
// written anew for it. What no automaton can do is refused: look-ahead, look-behind, back references.
#pragma once
#include <array>
#include <bitset>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>

namespace re2 {
class RE2;
}

namespace propylon::schema::json_schema {

struct PatternFault {
  bool unsupported = false;  // it is ECMA 262, and cannot be matched here; else it is no regular expression at all
  std::string message;       // "look-ahead is not supported: ..."
};

// The same expression in RE2's syntax, without captures and without laziness, which change no verdict.
std::expected<std::string, PatternFault> to_re2_syntax(std::string_view ecma);

// Thread: any.
class Pattern final {
 public:
  static std::expected<Pattern, PatternFault> compile(std::string_view ecma);
  Pattern(Pattern&&) noexcept;
  Pattern& operator=(Pattern&&) noexcept;
  ~Pattern();

  // Whether it matches anywhere in the text (which is UTF-8). Allocates nothing but RE2's own states, within its bound.
  bool matches(std::string_view text) const;
  const std::string& source() const { return source_; }

 private:
  // Most expressions in schemas are one of the simple kinds, which need no automaton.
  enum class Kind : std::uint8_t { kAutomaton, kContains, kPrefix, kEqual, kRun };
  explicit Pattern(std::string_view source);
  bool recognise_literal();
  bool recognise_run();

  std::string source_;
  Kind kind_ = Kind::kAutomaton;
  std::string literal_;   // of kContains, kPrefix, kEqual
  std::bitset<256> run_;  // of kRun: ^[class]{min,max}$ of ASCII characters
  std::size_t run_min_ = 0, run_max_ = SIZE_MAX;
  std::unique_ptr<re2::RE2> automaton_;  // of kAutomaton
};

}  // namespace propylon::schema::json_schema
