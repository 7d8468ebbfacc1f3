#include <array>

#include "http/characters.h"
#include "http/request_parser.h"

namespace propylon::http {
namespace {

struct Entry {
  std::string_view name;
  KnownField field;
};

// Ordered by length, so that a name meets only those of its own length.
constexpr std::array<Entry, kKnownFields> kEntries{{
    {"host", KnownField::kHost},
    {"accept", KnownField::kAccept},
    {"expect", KnownField::kExpect},
    {"origin", KnownField::kOrigin},
    {"if-match", KnownField::kIfMatch},
    {"connection", KnownField::kConnection},
    {"content-type", KnownField::kContentType},
    {"x-request-id", KnownField::kXRequestId},
    {"authorization", KnownField::kAuthorization},
    {"if-none-match", KnownField::kIfNoneMatch},
    {"content-length", KnownField::kContentLength},
    {"sec-fetch-mode", KnownField::kSecFetchMode},
    {"idempotency-key", KnownField::kIdempotencyKey},
    {"content-encoding", KnownField::kContentEncoding},
    {"transfer-encoding", KnownField::kTransferEncoding},
    {"access-control-request-method", KnownField::kAccessControlRequestMethod},
    {"access-control-request-headers", KnownField::kAccessControlRequestHeaders},
}};

constexpr std::size_t kLongest = kEntries.back().name.size();

// first_of_size[n] is the first entry whose name has at least n characters.
constexpr auto kFirstOfSize = [] {
  std::array<std::uint8_t, kLongest + 2> first{};
  for (std::size_t size = 0; size < first.size(); ++size) {
    std::size_t entry = 0;
    while (entry < kEntries.size() && kEntries[entry].name.size() < size) ++entry;
    first[size] = static_cast<std::uint8_t>(entry);
  }
  return first;
}();

}  // namespace

std::size_t find_known_field(std::string_view name) {
  if (name.size() > kLongest) return kKnownFields;
  for (std::size_t i = kFirstOfSize[name.size()]; i < kFirstOfSize[name.size() + 1]; ++i) {
    if (equals_lower(name, kEntries[i].name)) return static_cast<std::size_t>(kEntries[i].field);
  }
  return kKnownFields;
}

}  // namespace propylon::http
