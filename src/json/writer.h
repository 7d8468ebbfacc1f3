// Writes JSON to the end of a string: the one place that escapes.
//
// Compact, no blanks. Text is escaped as the reference's encoder does it, so that answers are equal byte for byte:
// `"` `\` and \n \r \t short, other control characters as \u00XX, and < > & U+2028 U+2029 as \u003c and so on.
#pragma once
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace propylon::json {

// Appends `utf8` escaped, without the quotes. The text must be valid UTF-8 (json/utf8.h), or what is written is not
// JSON. Looks at 16 bytes at a time: an answer of megabytes costs little more than its copy.
void append_escaped(std::string& out, std::string_view utf8);

// Appends to a string of the caller's, which must outlive it. Puts the commas; that objects and arrays are closed
// and that a key comes before each member's value is the caller's care. Thread: caller serialises.
class Writer final {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  Writer& begin_object() { return open('{'); }
  Writer& end_object() { return close('}'); }
  Writer& begin_array() { return open('['); }
  Writer& end_array() { return close(']'); }
  Writer& key(std::string_view name);
  // Valid UTF-8 only.
  Writer& string(std::string_view utf8);
  // Bytes from a stranger: written as UTF-8 when they are that, else read as Latin-1. Nothing becomes U+FFFD.
  Writer& text(std::string_view bytes);
  template <std::integral Number>
  Writer& number(Number value) {
    if constexpr (std::signed_integral<Number>)
      return append_number(static_cast<std::int64_t>(value));
    else
      return append_number(static_cast<std::uint64_t>(value));
  }
  // The shortest form that reads back as the same number. Must be finite.
  Writer& number(double value);
  Writer& boolean(bool value) { return raw(value ? "true" : "false"); }
  Writer& null() { return raw("null"); }
  // One complete JSON value that is written already.
  Writer& raw(std::string_view json);

 private:
  void separate() {
    if (comma_) out_.push_back(',');
    comma_ = true;
  }
  Writer& open(char bracket) {
    separate();
    out_.push_back(bracket);
    comma_ = false;
    return *this;
  }
  Writer& close(char bracket) {
    out_.push_back(bracket);
    comma_ = true;
    return *this;
  }
  Writer& append_number(std::int64_t value);
  Writer& append_number(std::uint64_t value);

  std::string& out_;
  bool comma_ = false;  // whether something stands before the next key or value at this level
};

}  // namespace propylon::json
