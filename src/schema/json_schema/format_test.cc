// What the JSON-Schema-Test-Suite leaves out; it has some hundred cases for formats.
#include "schema/json_schema/format.h"

#include <gtest/gtest.h>

namespace propylon::schema::json_schema {
namespace {

TEST(Format, JudgesByItsOwnGrammar) {
  const struct {
    Format format;
    const char* text;
    bool matches;
  } rows[] = {
      {Format::kDateTime, "2024-02-29T23:59:60Z", true},
      {Format::kDateTime, "2023-02-29T10:00:00Z", false},
      {Format::kDateTime, "2024-02-29 10:00:00Z", false},
      {Format::kDateTime, "1998-12-31T22:59:60Z", false},
      {Format::kDate, "2024-13-01", false},
      {Format::kTime, "10:00:00", false},
      {Format::kTime, "10:00:00.5+02:00", true},
      {Format::kDuration, "P1Y2M3DT4H5M6S", true},
      {Format::kDuration, "PT", false},
      {Format::kDuration, "P1W2D", false},
      {Format::kEmail, "a.b@example.com", true},
      {Format::kEmail, "a..b@example.com", false},
      {Format::kEmail, "\"a b\"@example.com", true},
      {Format::kEmail, "a@[127.0.0.1]", true},
      {Format::kHostname, "a-b.example", true},
      {Format::kHostname, "-a.example", false},
      {Format::kIpv4, "127.0.0.1", true},
      {Format::kIpv4, "127.0.0.01", false},
      {Format::kIpv6, "::ffff:1.2.3.4", true},
      {Format::kIpv6, "fe80::1%eth0", false},
      {Format::kUri, "http://user@host:80/a?b#c", true},
      {Format::kUri, "/relative", false},
      {Format::kUri, "http://host/a b", false},
      {Format::kUri, "http://h\u00f6st/", false},
      {Format::kIri, "http://h\u00f6st/", true},
      {Format::kUriReference, "../a", true},
      {Format::kUriTemplate, "/a/{b}{?c*,d:3}", true},
      {Format::kUriTemplate, "/a/{b", false},
      {Format::kJsonPointer, "/a~0b", true},
      {Format::kJsonPointer, "/a~2", false},
      {Format::kRelativeJsonPointer, "1/a", true},
      {Format::kRelativeJsonPointer, "01", false},
      {Format::kUuid, "2EB8AA08-AA98-11EA-B4AA-73B441D16380", true},
      {Format::kUuid, "2EB8AA08AA9811EAB4AA73B441D16380", false},
      {Format::kRegex, "(?=a)", true},
      {Format::kRegex, "a**", false},
  };
  for (const auto& row : rows) EXPECT_EQ(matches_format(row.format, row.text), row.matches) << row.text;
}

TEST(Format, IsKnownFromItsDraftOn) {
  EXPECT_FALSE(find_format("uuid", Draft::k7));
  EXPECT_EQ(find_format("uuid", Draft::k2019_09), Format::kUuid);
  EXPECT_FALSE(find_format("color", Draft::k2020_12));
}

}  // namespace
}  // namespace propylon::schema::json_schema
