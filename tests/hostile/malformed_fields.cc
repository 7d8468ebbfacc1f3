#include "hostile/malformed_request.h"

namespace propylon::testing {
namespace {

MalformedRequest field(const std::string& name, const std::string& rfc, const std::string& line) {
  return {name, rfc, std::string(kGoodGet) + line + "\r\n\r\n"};
}
MalformedRequest host(const std::string& name, const std::string& value) {
  return {name, "RFC 9112 3.2, RFC 3986 3.2.2", "GET /monitoring/status HTTP/1.1\r\nHost: " + value + "\r\n\r\n"};
}

std::vector<MalformedRequest> names() {
  std::vector<MalformedRequest> all{
      field("FieldWithoutColon", "RFC 9112 5", "X-A"),
      field("FieldWithoutName", "RFC 9112 5", ": b"),
      field("FieldOfAColon", "RFC 9112 5", ":"),
      field("FieldWithBlankBeforeColon", "RFC 9112 5.1", "X-A : b"),
      field("FieldWithTabBeforeColon", "RFC 9112 5.1", "X-A\t: b"),
      field("FieldWithBlankInItsName", "RFC 9110 5.1", "X A: b"),
      field("FieldFolded", "RFC 9112 5.2", "X-A: b\r\n c"),
      field("FieldFoldedWithTab", "RFC 9112 5.2", "X-A: b\r\n\tc"),
      field("FieldOfAFoldedBlankLine", "RFC 9112 5.2", "X-A: b\r\n \r\nX-C: d"),
      field("FieldWithNulInItsName", "RFC 9110 5.1", std::string("X\0A: b", 6)),
      field("FieldWithDeleteInItsName", "RFC 9110 5.1", "X\x7f: b"),
      field("FieldWithLatin1InItsName", "RFC 9110 5.1", "X\xe9: b"),
      field("FieldWithUtf8InItsName", "RFC 9110 5.1", "\xc3\xa9: b"),
      {"FirstFieldFolded", "RFC 9112 2.2", "GET /monitoring/status HTTP/1.1\r\n Host: x\r\n\r\n"},
  };
  const std::string delimiters = "\"(),/;<=>?@[\\]{}";
  const char* const spoken[] = {"Quote",     "Open",      "Close",   "Comma",   "Slash", "Semicolon",
                                "Less",      "Equals",    "Greater", "Mark",    "At",    "OpenList",
                                "Backslash", "CloseList", "OpenSet", "CloseSet"};
  for (std::size_t i = 0; i < delimiters.size(); ++i) {
    all.push_back(field(std::string("FieldWithDelimiter") + spoken[i] + "InItsName", "RFC 9110 5.6.2",
                        std::string("X") + delimiters[i] + "A: b"));
  }
  return all;
}

std::vector<MalformedRequest> values() {
  return {
      field("ValueWithNul", "RFC 9110 5.5", std::string("X-A: b\0c", 8)),
      field("ValueWithBareReturn", "RFC 9112 2.2", "X-A: b\rc"),
      field("ValueWithBareLineFeed", "RFC 9112 2.2", "X-A: b\nX-C: d"),
      field("ValueEndingWithTwoReturns", "RFC 9112 2.2", "X-A: b\r"),
      field("ValueWithControl", "RFC 9110 5.5", "X-A: \x01"),
      field("ValueWithBackspace", "RFC 9110 5.5", "X-A: b\b"),
      field("ValueWithEscape", "RFC 9110 5.5", "X-A: \x1b[31m"),
      field("ValueWithFormFeed", "RFC 9110 5.5", "X-A: b\fc"),
      field("ValueWithDelete", "RFC 9110 5.5", "X-A: \x7f"),
      {"HeadOfBareLineFeeds", "RFC 9112 2.2", "GET /monitoring/status HTTP/1.1\nHost: x\n\n"},
      {"HeadEndingWithBareLineFeeds", "RFC 9112 2.2", std::string(kGoodGet) + "\n\n"},
      {"HeadEndingWithTwoReturns", "RFC 9112 2.2", std::string(kGoodGet) + "\r\r\n"},
      {"HeadEndingWithBareLineFeed", "RFC 9112 2.2", "GET /monitoring/status HTTP/1.1\r\nHost: x\n\r\n"},
      {"HeadOfBareReturns", "RFC 9112 2.2", "GET /monitoring/status HTTP/1.1\rHost: x\r\r"},
  };
}

std::vector<MalformedRequest> hosts() {
  const std::string status = "GET /monitoring/status HTTP/1.1\r\n";
  return {
      {"HostMissing", "RFC 9112 3.2", status + "\r\n"},
      {"HostMissingBesideOthers", "RFC 9112 3.2", status + "X-Host: x\r\nHosts: x\r\n\r\n"},
      {"HostMissingAtAnAbsoluteTarget", "RFC 9112 3.2", "GET http://x/monitoring/status HTTP/1.1\r\n\r\n"},
      {"HostTwiceEqual", "RFC 9112 3.2", status + "Host: x\r\nHost: x\r\n\r\n"},
      {"HostTwiceDifferent", "RFC 9112 3.2", status + "Host: x\r\nHost: y\r\n\r\n"},
      {"HostTwiceInOtherLetterCase", "RFC 9112 3.2", status + "Host: x\r\nX-A: b\r\nhOST: y\r\n\r\n"},
      {"HostTwiceInHttp10", "RFC 9112 3.2", "GET /monitoring/status HTTP/1.0\r\nHost: x\r\nHost: y\r\n\r\n"},
      {"HostWithBlankBeforeColon", "RFC 9112 5.1", status + "Host : x\r\n\r\n"},
      host("HostWithBlank", "a b"),
      host("HostOfAList", "a, b"),
      host("HostWithTab", "a\tb"),
      host("HostWithPath", "a/b"),
      host("HostWithUser", "user@a"),
      host("HostWithQuery", "a?b"),
      host("HostWithFragment", "a#b"),
      host("HostWithBackslash", "a\\b"),
      host("HostQuoted", "\"a\""),
      host("HostOfMarkup", "<a>"),
      host("HostWithScheme", "http://a"),
      host("HostOfAPortAlone", ":80"),
      host("HostWithPortOfLetters", "a:b"),
      host("HostWithSignedPort", "a:+80"),
      host("HostWithTwoPorts", "a:80:80"),
      host("HostWithEndlessPort", "a:000000000080"),
      host("HostOfAnOpenAddress", "[::1"),
      host("HostOfAnEmptyAddress", "[]"),
      host("HostOfAnAddressAndMore", "[::1]a"),
      host("HostOfABareIPv6Address", "::1"),
      host("HostWithLatin1", "caf\xe9"),
      host("HostWithNul", std::string("a\0b", 3)),
  };
}

std::vector<MalformedRequest> sizes() {
  std::string many;
  for (int i = 0; i < 201; ++i) many += "X-" + std::to_string(i) + ": a\r\n";
  std::string same;
  for (int i = 0; i < 5000; ++i) same += "X-A: some value\r\n";
  const std::string rfc = "RFC 6585 5";
  return {
      {"FieldsTooMany", rfc, std::string(kGoodGet) + many + "\r\n", 431, "head_too_large"},
      {"FieldsTooLargeTogether", rfc, std::string(kGoodGet) + same + "\r\n", 431, "head_too_large"},
      {"FieldTooLong", rfc, std::string(kGoodGet) + "X-A: " + std::string(64 << 10, 'a') + "\r\n\r\n", 431,
       "head_too_large"},
      {"FieldNameTooLong", rfc, std::string(kGoodGet) + std::string(64 << 10, 'a') + ": b\r\n\r\n", 431,
       "head_too_large"},
      {"FieldThatNeverEnds", rfc, std::string(kGoodGet) + "X-A: " + std::string(128 << 10, 'a'), 431, "head_too_large"},
  };
}

}  // namespace

std::vector<MalformedRequest> malformed_fields() {
  std::vector<MalformedRequest> all = names();
  for (const auto& part : {values(), hosts(), sizes()}) all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace propylon::testing
