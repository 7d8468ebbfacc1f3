#include "json/writer.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstring>

#include "core/assert.h"
#include "json/utf8.h"

namespace propylon::json {
namespace {

constexpr char kHex[] = "0123456789abcdef";
constexpr std::size_t kEscapedMax = 6;                    // bytes that one byte can become: \u001f
constexpr std::size_t kStretch = 4096;                    // bytes escaped between two looks at the room in the string
constexpr std::size_t kBlock = 16;                        // bytes stored at once, whether or not all of them are kept
constexpr char kSeparatorLead = static_cast<char>(0xE2);  // begins U+2028 and U+2029, and much that is harmless

// What each byte becomes: up to six characters, always stored as eight.
struct Escape {
  char text[7];
  std::uint8_t length;
};

constexpr std::array<Escape, 256> make_escapes() {
  std::array<Escape, 256> escapes{};
  for (std::size_t i = 0; i < 256; ++i) escapes[i] = {{static_cast<char>(i)}, 1};
  const auto unicode = [&](std::size_t i) {
    escapes[i] = {{'\\', 'u', '0', '0', kHex[i >> 4], kHex[i & 15]}, kEscapedMax};
  };
  for (std::size_t i = 0; i < 0x20; ++i) unicode(i);
  for (const char c : {'<', '>', '&'}) unicode(static_cast<unsigned char>(c));
  for (const char c : {'"', '\\'}) escapes[static_cast<unsigned char>(c)] = {{'\\', c}, 2};
  escapes['\n'] = {{'\\', 'n'}, 2};
  escapes['\r'] = {{'\\', 'r'}, 2};
  escapes['\t'] = {{'\\', 't'}, 2};
  return escapes;
}
constexpr auto kEscapes = make_escapes();

// Where reading and writing have come to.
struct Copy {
  const char* from;
  char* to;
};

// Copies or escapes one character of one byte, or a separator. `end` is the end of the whole text.
Copy put_one(Copy at, const char* end) {
  if (*at.from == kSeparatorLead && end - at.from >= 3 && at.from[1] == static_cast<char>(0x80) &&
      (at.from[2] | 1) == static_cast<char>(0xA9)) {
    std::memcpy(at.to, at.from[2] == static_cast<char>(0xA8) ? "\\u2028" : "\\u2029", kEscapedMax);
    return {at.from + 3, at.to + kEscapedMax};
  }
  const Escape& escape = kEscapes[static_cast<unsigned char>(*at.from)];
  std::memcpy(at.to, &escape, sizeof escape);
  return {at.from + 1, at.to + escape.length};
}

#if defined(__SSE2__)
// A bit for each of the 16 bytes at p that may have to be escaped.
unsigned special_bytes(const char* p) {
  const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
  const auto equal = [](__m128i bytes, char c) { return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)); };
  // The smaller of a byte and 0x1F is the byte itself exactly for control characters.
  __m128i hit = _mm_cmpeq_epi8(_mm_min_epu8(block, _mm_set1_epi8(0x1F)), block);
  hit = _mm_or_si128(hit, _mm_or_si128(equal(block, '"'), equal(block, '\\')));
  // '<' and '>' differ in one bit only.
  hit = _mm_or_si128(hit, equal(_mm_or_si128(block, _mm_set1_epi8(0x02)), '>'));
  hit = _mm_or_si128(hit, _mm_or_si128(equal(block, '&'), equal(block, kSeparatorLead)));
  return static_cast<unsigned>(_mm_movemask_epi8(hit));
}

// One block of 16 bytes, behind which at least two more blocks can be read. Plain runs are copied as whole blocks and
// overwritten where they were too long: cheaper than asking how long they are.
Copy put_block(Copy at, const char* end) {
  const char* const stop = at.from + kBlock;
  unsigned special = special_bytes(at.from);
  std::memcpy(at.to, at.from, kBlock);
  while (special != 0) {
    const char* const next = stop - kBlock + std::countr_zero(special);
    special &= special - 1;
    at = put_one({next, at.to + (next - at.from)}, end);
    std::memcpy(at.to, at.from, kBlock);
  }
  return at.from < stop ? Copy{stop, at.to + (stop - at.from)} : at;
}
#endif

Copy put_stretch(Copy at, const char* stop, const char* end) {
#if defined(__SSE2__)
  while (at.from < stop && end - at.from >= static_cast<std::ptrdiff_t>(3 * kBlock)) at = put_block(at, end);
#endif
  while (at.from < stop) at = put_one(at, end);
  return at;
}

}  // namespace

void append_escaped(std::string& out, std::string_view utf8) {
  const char* from = utf8.data();
  const char* const end = from + utf8.size();
  while (from < end) {
    const std::size_t bytes = std::min<std::size_t>(kStretch, static_cast<std::size_t>(end - from));
    const std::size_t before = out.size();
    // The last block of a stretch may reach into the next one.
    out.resize_and_overwrite(before + (bytes + kBlock) * kEscapedMax + kBlock, [&](char* data, std::size_t) {
      const Copy done = put_stretch({from, data + before}, from + bytes, end);
      from = done.from;
      return static_cast<std::size_t>(done.to - data);
    });
  }
}

Writer& Writer::key(std::string_view name) {
  separate();
  out_.push_back('"');
  append_escaped(out_, name);
  out_.append("\":");
  comma_ = false;
  return *this;
}

Writer& Writer::string(std::string_view utf8) {
  separate();
  out_.push_back('"');
  append_escaped(out_, utf8);
  out_.push_back('"');
  return *this;
}

Writer& Writer::text(std::string_view bytes) {
  return valid_utf8(bytes) ? string(bytes) : string(latin1_to_utf8(bytes));
}

Writer& Writer::number(double value) {
  PPL_ASSERT(std::isfinite(value));
  char digits[32];
  const auto [end, error] = std::to_chars(digits, digits + sizeof digits, value);
  PPL_ASSERT(error == std::errc());
  return raw({digits, static_cast<std::size_t>(end - digits)});
}

Writer& Writer::raw(std::string_view json) {
  separate();
  out_.append(json);
  return *this;
}

Writer& Writer::append_number(std::int64_t value) {
  char digits[24];
  const auto [end, error] = std::to_chars(digits, digits + sizeof digits, value);
  PPL_ASSERT(error == std::errc());
  return raw({digits, static_cast<std::size_t>(end - digits)});
}

Writer& Writer::append_number(std::uint64_t value) {
  char digits[24];
  const auto [end, error] = std::to_chars(digits, digits + sizeof digits, value);
  PPL_ASSERT(error == std::errc());
  return raw({digits, static_cast<std::size_t>(end - digits)});
}

}  // namespace propylon::json
