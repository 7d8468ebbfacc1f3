#include "schema/json_schema/format.h"

#include "schema/json_schema/format_rules.h"
#include "schema/json_schema/pattern.h"

namespace propylon::schema::json_schema {
namespace {

struct Row {
  std::string_view name;
  Format format;
  Draft first;
};

constexpr Row kFormats[] = {
    {"date-time", Format::kDateTime, Draft::k4},
    {"email", Format::kEmail, Draft::k4},
    {"hostname", Format::kHostname, Draft::k4},
    {"ipv4", Format::kIpv4, Draft::k4},
    {"ipv6", Format::kIpv6, Draft::k4},
    {"uri", Format::kUri, Draft::k4},
    {"uri-reference", Format::kUriReference, Draft::k6},
    {"uri-template", Format::kUriTemplate, Draft::k6},
    {"json-pointer", Format::kJsonPointer, Draft::k6},
    {"date", Format::kDate, Draft::k7},
    {"time", Format::kTime, Draft::k7},
    {"idn-email", Format::kIdnEmail, Draft::k7},
    {"idn-hostname", Format::kIdnHostname, Draft::k7},
    {"iri", Format::kIri, Draft::k7},
    {"iri-reference", Format::kIriReference, Draft::k7},
    {"relative-json-pointer", Format::kRelativeJsonPointer, Draft::k7},
    {"regex", Format::kRegex, Draft::k7},
    {"duration", Format::kDuration, Draft::k2019_09},
    {"uuid", Format::kUuid, Draft::k2019_09},
};

bool is_regex(std::string_view text) {
  const auto translated = to_re2_syntax(text);
  return translated.has_value() || translated.error().unsupported;
}

}  // namespace

std::optional<Format> find_format(std::string_view name, Draft draft) {
  for (const Row& row : kFormats) {
    if (row.name == name && row.first <= draft) return row.format;
  }
  return std::nullopt;
}

bool matches_format(Format format, std::string_view text) {
  switch (format) {
    case Format::kDateTime: return is_date_time(text);
    case Format::kDate: return is_date(text);
    case Format::kTime: return is_time(text);
    case Format::kDuration: return is_duration(text);
    case Format::kEmail: return is_email(text, Alphabet::kAscii);
    case Format::kIdnEmail: return is_email(text, Alphabet::kUnicode);
    case Format::kHostname: return is_hostname(text);
    case Format::kIdnHostname: return is_idn_hostname(text);
    case Format::kIpv4: return is_ipv4(text);
    case Format::kIpv6: return is_ipv6(text);
    case Format::kUri: return is_uri(text, UriForm::kAbsolute, Alphabet::kAscii);
    case Format::kUriReference: return is_uri(text, UriForm::kReference, Alphabet::kAscii);
    case Format::kIri: return is_uri(text, UriForm::kAbsolute, Alphabet::kUnicode);
    case Format::kIriReference: return is_uri(text, UriForm::kReference, Alphabet::kUnicode);
    case Format::kUriTemplate: return is_uri_template(text);
    case Format::kJsonPointer: return is_json_pointer(text);
    case Format::kRelativeJsonPointer: return is_relative_json_pointer(text);
    case Format::kUuid: return is_uuid(text);
    case Format::kRegex: return is_regex(text);
  }
  return true;
}

}  // namespace propylon::schema::json_schema
