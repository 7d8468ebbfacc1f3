// The formats that `format` can assert, each checked by the grammar of its own RFC.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "schema/json_schema/dialect.h"

namespace propylon::schema::json_schema {

enum class Format : std::uint8_t {
  kDateTime,
  kDate,
  kTime,
  kDuration,  // RFC 3339; durations of its appendix A
  kEmail,
  kIdnEmail,  // RFC 5321 and 6531, the Mailbox
  kHostname,
  kIdnHostname,  // RFC 1123; RFC 5890 with the rules for single characters of RFC 5892
  kIpv4,
  kIpv6,  // RFC 2673 and 4291
  kUri,
  kUriReference,
  kIri,
  kIriReference,
  kUriTemplate,  // RFC 3986, 3987, 6570
  kJsonPointer,
  kRelativeJsonPointer,  // RFC 6901
  kUuid,                 // RFC 4122
  kRegex,                // ECMA 262
};

// The format of that name in a draft; empty for names that the draft does not define, which assert nothing.
std::optional<Format> find_format(std::string_view name, Draft draft);

// `text` is UTF-8. Time: linear. Thread: any.
bool matches_format(Format format, std::string_view text);

}  // namespace propylon::schema::json_schema
