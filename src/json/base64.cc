#include "json/base64.h"

#include <array>
#include <cstdint>

namespace propylon::json {
namespace {

constexpr std::string_view kStandardLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUrlLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::uint8_t kForeign = 0xFF;

using Values = std::array<std::uint8_t, 256>;

constexpr Values make_values(std::string_view letters) {
  Values values{};
  values.fill(kForeign);
  for (std::size_t i = 0; i < letters.size(); ++i)
    values[static_cast<unsigned char>(letters[i])] = static_cast<std::uint8_t>(i);
  return values;
}
constexpr Values kStandardValues = make_values(kStandardLetters);
constexpr Values kUrlValues = make_values(kUrlLetters);

std::uint32_t byte_at(std::string_view bytes, std::size_t i) { return static_cast<unsigned char>(bytes[i]); }

// The text without its padding, or nothing when the padding is not the one that belongs there.
std::optional<std::string_view> without_padding(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  if (text.ends_with("==")) return text.substr(0, text.size() - 2);
  if (text.ends_with('=')) return text.substr(0, text.size() - 1);
  return text;
}

// Up to four letters give up to three bytes; false when a letter is foreign or a bit is left over.
bool decode_group(std::string_view letters, const Values& values, std::string& out) {
  std::uint32_t bits = 0;
  for (const char c : letters) {
    const std::uint8_t value = values[static_cast<unsigned char>(c)];
    if (value == kForeign) return false;
    bits = bits << 6 | value;
  }
  const std::size_t bytes = letters.size() * 6 / 8;
  const std::size_t unused = letters.size() * 6 % 8;
  if ((bits & ((1u << unused) - 1)) != 0) return false;
  bits >>= unused;
  for (std::size_t i = bytes; i-- > 0;) out.push_back(static_cast<char>(bits >> (8 * i) & 0xFF));
  return true;
}

}  // namespace

void append_base64(std::string& out, std::string_view bytes, Base64 alphabet) {
  const std::string_view letters = alphabet == Base64::kStandard ? kStandardLetters : kUrlLetters;
  const std::size_t start = out.size();
  out.resize(start + (bytes.size() + 2) / 3 * 4);
  char* p = out.data() + start;
  std::size_t i = 0;
  for (; i + 3 <= bytes.size(); i += 3) {
    const std::uint32_t bits = byte_at(bytes, i) << 16 | byte_at(bytes, i + 1) << 8 | byte_at(bytes, i + 2);
    for (const unsigned shift : {18u, 12u, 6u, 0u}) *p++ = letters[bits >> shift & 63];
  }
  if (const std::size_t left = bytes.size() - i; left > 0) {
    const std::uint32_t bits = byte_at(bytes, i) << 16 | (left == 2 ? byte_at(bytes, i + 1) << 8 : 0);
    *p++ = letters[bits >> 18 & 63];
    *p++ = letters[bits >> 12 & 63];
    if (left == 2) *p++ = letters[bits >> 6 & 63];
    if (alphabet == Base64::kStandard) {
      if (left == 1) *p++ = '=';
      *p++ = '=';
    }
  }
  out.resize(static_cast<std::size_t>(p - out.data()));
}

std::string to_base64(std::string_view bytes, Base64 alphabet) {
  std::string text;
  append_base64(text, bytes, alphabet);
  return text;
}

std::optional<std::string> from_base64(std::string_view text, Base64 alphabet) {
  if (alphabet == Base64::kStandard) {
    const auto letters = without_padding(text);
    if (!letters) return std::nullopt;
    text = *letters;
  }
  if (text.size() % 4 == 1) return std::nullopt;
  const Values& values = alphabet == Base64::kStandard ? kStandardValues : kUrlValues;
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3 + 2);
  for (std::size_t i = 0; i < text.size(); i += 4) {
    if (!decode_group(text.substr(i, 4), values, bytes)) return std::nullopt;
  }
  return bytes;
}

}  // namespace propylon::json
