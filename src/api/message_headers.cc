#include "api/message_headers.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <cstdint>
#include <cstring>
#include <span>

#include "core/ascii.h"
#include "core/header_block.h"
#include "http/known_fields.h"
#include "http/request.h"
#include "json/utf8.h"

namespace propylon::api {
namespace {

using std::string_view_literals::operator""sv;

// Never stored, in lower case.
constexpr std::array kDropped = {
    // Credentials.
    "authorization"sv,
    "proxy-authorization"sv,
    "cookie"sv,
    "set-cookie"sv,
    "x-api-key"sv,
    // Hop by hop, and what describes the transport of this one request.
    "connection"sv,
    "keep-alive"sv,
    "te"sv,
    "trailer"sv,
    "transfer-encoding"sv,
    "upgrade"sv,
    "http2-settings"sv,
    "content-length"sv,
    "expect"sv,
    // Browsers and proxies.
    "origin"sv,
    "referer"sv,
    "forwarded"sv,
    "via"sv,
    "x-real-ip"sv,
    // Interpreted here.
    "idempotency-key"sv,
    "if-match"sv,
    "x-request-id"sv,
};
constexpr std::array kDroppedPrefixes = {"sec-"sv, "x-forwarded-"sv, "$memphis"sv, "nats-"sv};
// Kept in spite of its beginning: a client's key for its message, which has no effect here, is not lost silently.
constexpr auto kKeptAllTheSame = "nats-msg-id"sv;

// Bit n of entry c: a dropped name of n letters (n below 32) begins with c. Bit 31: a dropped prefix does.
constexpr std::uint32_t kPrefixBit = 1U << 31;
constexpr std::array<std::uint32_t, 256> candidates() {
  std::array<std::uint32_t, 256> table{};
  for (const auto name : kDropped) table[static_cast<unsigned char>(name.front())] |= 1U << name.size();
  for (const auto prefix : kDroppedPrefixes) table[static_cast<unsigned char>(prefix.front())] |= kPrefixBit;
  return table;
}
constexpr auto kCandidates = candidates();
static_assert(std::ranges::all_of(kDropped, [](std::string_view name) { return name.size() < 31; }));

constexpr bool begins_with(std::string_view name, std::string_view prefix) {
  return name.size() >= prefix.size() && equals_lower(name.substr(0, prefix.size()), prefix);
}

constexpr bool is_dropped(std::string_view name) {
  const std::uint32_t candidate = kCandidates[static_cast<unsigned char>(to_lower(name.front()))];
  if (candidate == 0) return false;
  if (name.size() < 31 && (candidate & (1U << name.size())) != 0 &&
      std::ranges::any_of(kDropped, [&](std::string_view dropped) { return equals_lower(name, dropped); })) {
    return true;
  }
  return (candidate & kPrefixBit) != 0 && !equals_lower(name, kKeptAllTheSame) &&
         std::ranges::any_of(kDroppedPrefixes, [&](std::string_view prefix) { return begins_with(name, prefix); });
}

// The same for the names that the parser has found already.
constexpr auto kKnownDropped = [] {
  std::array<bool, http::kKnownFields> dropped{};
  for (std::size_t i = 0; i < dropped.size(); ++i) dropped[i] = is_dropped(http::kKnownFieldNames[i]);
  return dropped;
}();

bool is_dropped(const http::Field& field) {
  return field.known == http::KnownField::kOther ? is_dropped(field.name)
                                                 : kKnownDropped[static_cast<std::size_t>(field.known)];
}

constexpr std::uint64_t kEachByte = 0x0101010101010101ULL;
constexpr std::uint64_t kHighBits = 0x80 * kEachByte;

// The high bit of each byte that lies between two characters; all bytes must be ASCII.
constexpr std::uint64_t bytes_between(std::uint64_t eight, unsigned char first, unsigned char last) {
  return (eight + (0x80U - first) * kEachByte) & ~(eight + (0x7fU - last) * kEachByte) & kHighBits;
}

// Upper case at the beginning and behind each hyphen, lower case elsewhere: eight letters at a time, because this is
// what storing a header costs. `name` is ASCII, as the parser has checked, and followed by room for 7 bytes more.
void canonicalise(char* name, std::size_t size) {
  std::uint64_t start = 0x80;  // the high bit of each byte that begins a word
  for (std::size_t i = 0; i < size; i += 8) {
    std::uint64_t eight;
    std::memcpy(&eight, name + i, 8);
    eight |= bytes_between(eight, 'A', 'Z') >> 2;
    const std::uint64_t hyphens = bytes_between(eight, '-', '-');
    start |= hyphens << 8;
    eight ^= (bytes_between(eight, 'a', 'z') & start) >> 2;
    std::memcpy(name + i, &eight, 8);
    start = hyphens >> 56;
  }
}

bool is_ascii(std::string_view text) {
  std::uint64_t high_bits = 0;
  std::size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    std::uint64_t eight;
    std::memcpy(&eight, text.data() + i, 8);
    high_bits |= eight;
  }
  for (; i < text.size(); ++i) high_bits |= static_cast<std::uint64_t>(text[i] & 0x80);
  return (high_bits & kHighBits) == 0;
}

// The value as it is stored: UTF-8 as it came, anything else read as Latin-1.
void append_value(std::string& out, std::string_view value) {
  if (is_ascii(value) || json::valid_utf8(value)) {
    out.append(value);
  } else {
    out.append(json::latin1_to_utf8(value));
  }
}

void append(std::string& block, const http::Field& field, std::string_view utf8_value) {
  if (field.known != http::KnownField::kOther) {
    append_header(block, http::name_of(field.known), utf8_value);
    return;
  }
  const std::string_view name = field.name;
  std::array<char, 64 + 8> usual;
  std::string long_name;
  char* canonical = usual.data();
  if (name.size() > 64) {
    long_name.resize(name.size() + 8);
    canonical = long_name.data();
  }
  std::memset(canonical + name.size() / 8 * 8, 0, 8);
  std::memcpy(canonical, name.data(), name.size());
  canonicalise(canonical, name.size());
  append_header(block, {canonical, name.size()}, utf8_value);
}

// Says whether a name was seen before; never says no wrongly.
class SeenNames {
 public:
  bool test_and_set(std::string_view name) {
    const auto first = static_cast<unsigned char>(to_lower(name.front()));
    const auto last = static_cast<unsigned char>(to_lower(name.back()));
    const std::size_t bit = (name.size() * 31 + first * 7 + last * 13) % kBits;
    const bool seen = bits_.test(bit);
    bits_.set(bit);
    return seen;
  }

 private:
  static constexpr std::size_t kBits = 256;
  std::bitset<kBits> bits_;
};

bool occurs_before(const http::Request& request, std::size_t index) {
  const std::string_view name = request.field(index).name;
  for (std::size_t i = 0; i < index; ++i) {
    if (equal_ignoring_case(request.field(i).name, name)) return true;
  }
  return false;
}

Result<void> check_size(const std::string& block) {
  if (block.size() <= kHeaderBlockBytesMax) return {};
  return fail(ErrorCode::kHeadTooLarge,
              "The headers to store with the message exceed " + std::to_string(kHeaderBlockBytesMax) + " bytes.");
}

constexpr std::size_t kNameBytesStoredMax = 0xffff;  // a header block's length of a name is 16 bits wide

}  // namespace

MessageHeaders::MessageHeaders(const std::vector<std::string>& allow, const std::vector<std::string>& deny)
    : allow_(parse(allow)), deny_(parse(deny)) {}

std::vector<MessageHeaders::Pattern> MessageHeaders::parse(const std::vector<std::string>& names) {
  std::vector<Pattern> patterns;
  for (std::string name : names) {
    std::ranges::transform(name, name.begin(), to_lower);
    const bool prefix = name.ends_with('*');
    if (prefix) name.pop_back();
    patterns.push_back({std::move(name), prefix});
  }
  return patterns;
}

bool MessageHeaders::matches(const std::vector<Pattern>& patterns, std::string_view name) {
  return std::ranges::any_of(patterns, [&](const Pattern& pattern) {
    return pattern.prefix ? begins_with(name, pattern.name) : equals_lower(name, pattern.name);
  });
}

bool MessageHeaders::is_stored(const http::Field& field, const http::Request& request) const {
  if (is_dropped(field) || field.name.size() > kNameBytesStoredMax) return false;
  if (field.known == http::KnownField::kContentEncoding && request.body_was_decoded()) return false;
  return (allow_.empty() || matches(allow_, field.name)) && !matches(deny_, field.name);
}

Result<void> MessageHeaders::write(const http::Request& request, std::string& block) const {
  block.clear();
  SeenNames seen;
  const std::size_t count = request.field_count();
  for (std::size_t i = 0; i < count; ++i) {
    const http::Field field = request.field(i);
    if (!is_stored(field, request)) continue;
    const bool may_repeat =
        field.known == http::KnownField::kOther ? seen.test_and_set(field.name) : request.lines(field.known) > 1;
    if (may_repeat && occurs_before(request, i)) {
      block.clear();
      write_joined(request, block);
      return check_size(block);
    }
    if (is_ascii(field.value) || json::valid_utf8(field.value)) {
      append(block, field, field.value);
    } else {
      append(block, field, json::latin1_to_utf8(field.value));
    }
  }
  return check_size(block);
}

// The rare request with one name on several lines of different values: looks at every pair of names.
void MessageHeaders::write_joined(const http::Request& request, std::string& block) const {
  std::string value;
  for (std::size_t i = 0; i < request.field_count(); ++i) {
    const http::Field field = request.field(i);
    if (!is_stored(field, request) || occurs_before(request, i)) continue;
    value.clear();
    append_value(value, field.value);
    for (std::size_t later = i + 1; later < request.field_count(); ++later) {
      if (!equal_ignoring_case(request.field(later).name, field.name)) continue;
      value += ", ";
      append_value(value, request.field(later).value);
    }
    append(block, field, value);
  }
}

}  // namespace propylon::api
