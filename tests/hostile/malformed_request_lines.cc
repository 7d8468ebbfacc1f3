#include "hostile/malformed_request.h"

namespace propylon::testing {
namespace {

// A request line with a good Host behind it.
MalformedRequest line(const std::string& name, const std::string& rfc, const std::string& request_line) {
  return {name, rfc, request_line + "\r\nHost: x\r\n\r\n"};
}
MalformedRequest version(const std::string& name, const std::string& text) {
  return line(name, "RFC 9112 2.3", "GET /monitoring/status " + text);
}
MalformedRequest other_version(const std::string& name, const std::string& text) {
  MalformedRequest request = version(name, text);
  request.rfc = "RFC 9110 15.6.6";
  request.status = 505;
  request.code = "http_version";
  return request;
}

std::vector<MalformedRequest> methods() {
  const std::string rest = " /monitoring/status HTTP/1.1";
  return {
      line("MethodUnknown", "RFC 9110 9.1", "BREW" + rest),
      line("MethodInLowerCase", "RFC 9110 9.1", "get" + rest),
      line("MethodInMixedCase", "RFC 9110 9.1", "Get" + rest),
      line("MethodMissing", "RFC 9112 3.1", rest),
      line("MethodBehindBlank", "RFC 9112 3", " GET" + rest),
      line("MethodBehindTab", "RFC 9112 3", "\tGET" + rest),
      line("MethodWithDelimiter", "RFC 9110 5.6.2", "GE(T" + rest),
      line("MethodWithNul", "RFC 9110 5.6.2", std::string("GE\0T", 4) + rest),
      line("MethodWithByteOrderMark", "RFC 9110 5.6.2", "\xef\xbb\xbfGET" + rest),
      line("MethodQuoted", "RFC 9110 5.6.2", "\"GET\"" + rest),
      line("MethodOfThreeHundredLetters", "RFC 9112 3", std::string(300, 'A') + rest),
      line("MethodAndTargetAlone", "RFC 9112 3", "GET /monitoring/status"),
      line("MethodAlone", "RFC 9112 3", "GET"),
      line("LineOfBlanks", "RFC 9112 3", "   "),
      line("LineWithTabs", "RFC 9112 3", "GET\t/monitoring/status\tHTTP/1.1"),
      line("LineWithVerticalTabs", "RFC 9112 3", "GET\v/monitoring/status\vHTTP/1.1"),
      line("LineWithBareReturns", "RFC 9112 3", "GET\r/monitoring/status\rHTTP/1.1"),
      line("LineWithTwoBlanksBeforeTarget", "RFC 9112 3", "GET  /monitoring/status HTTP/1.1"),
      line("LineWithTwoBlanksBehindTarget", "RFC 9112 3", "GET /monitoring/status  HTTP/1.1"),
      line("LineWithBlankBehindVersion", "RFC 9112 3", "GET /monitoring/status HTTP/1.1 "),
      line("LineWithTabBehindVersion", "RFC 9112 3", "GET /monitoring/status HTTP/1.1\t"),
      line("LineWithTwoVersions", "RFC 9112 3", "GET /monitoring/status HTTP/1.1 HTTP/1.1"),
      line("LineWithBlankInTarget", "RFC 9112 3.2", "GET /monitoring/status x HTTP/1.1"),
      {"LineBehindThreeEmptyLines", "RFC 9112 2.2", "\r\n\r\n\r\nGET /monitoring/status HTTP/1.1\r\nHost: x\r\n\r\n"},
      {"LineBehindABareLineFeed", "RFC 9112 2.2", "\nGET /monitoring/status HTTP/1.1\r\nHost: x\r\n\r\n"},
      {"LineBehindABareReturn", "RFC 9112 2.2", "\rGET /monitoring/status HTTP/1.1\r\nHost: x\r\n\r\n"},
  };
}

std::vector<MalformedRequest> versions() {
  return {
      version("VersionInLowerCase", "http/1.1"),
      version("VersionOfAnotherProtocol", "FTP/1.1"),
      version("VersionOfHttps", "HTTPS/1.1"),
      version("VersionWithoutMinor", "HTTP/1"),
      version("VersionWithoutPoint", "HTTP/11"),
      version("VersionWithComma", "HTTP/1,1"),
      version("VersionOfTwoDigits", "HTTP/1.10"),
      version("VersionWithLeadingZero", "HTTP/01.1"),
      version("VersionNegative", "HTTP/-1.1"),
      version("VersionWithBlank", "HTTP/ 1.1"),
      version("VersionWithBlankBeforeSlash", "HTTP /1.1"),
      version("VersionWithLettersBehind", "HTTP/1.1x"),
      version("VersionWithNulBehind", std::string("HTTP/1.1\0", 9)),
      version("VersionInFullWidthDigits", "HTTP/1.\xef\xbc\x91"),
      version("VersionWithoutNumber", "HTTP/"),
      {"Http09", "RFC 9112 A", "GET /monitoring/status\r\n"},
      other_version("VersionZeroNine", "HTTP/0.9"),
      other_version("VersionOneTwo", "HTTP/1.2"),
      other_version("VersionOneNine", "HTTP/1.9"),
      other_version("VersionTwo", "HTTP/2.0"),
      other_version("VersionThree", "HTTP/3.0"),
      other_version("VersionNineNine", "HTTP/9.9"),
  };
}

std::vector<MalformedRequest> other_protocols() {
  return {
      {"Http2Preface", "RFC 9113 3.4", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "http_version"},
      {"TlsClientHello", "RFC 8446 4.1.2",
       std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\x8f\x0a\x0d\x0a", 15)},
      {"TlsClientHelloOfVersion2", "RFC 8446 D.5", std::string("\x80\x2e\x01\x03\x01\x00\x15\x00\x00\x00\x10", 11)},
      {"TlsAlert", "RFC 8446 6", std::string("\x15\x03\x01\x00\x02\x02\x28", 7)},
      {"ProxyProtocolVersion1", "the PROXY protocol, 2.1",
       "PROXY TCP4 192.0.2.1 192.0.2.2 5 6\r\n" + std::string(kGoodGet)},
      {"ProxyProtocolVersion2", "the PROXY protocol, 2.2",
       std::string("\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c", 16) + std::string(12, '\x01')},
      {"Ssh", "RFC 4253 4.2", "SSH-2.0-client\r\n"},
      {"Smtp", "RFC 5321 4.1.1.1", "EHLO example.org\r\n"},
      {"Redis", "RESP 2", "*1\r\n$4\r\nPING\r\n"},
      {"Nats", "the NATS client protocol", "CONNECT {\"verbose\":false}\r\nPING\r\n"},
      {"Kafka", "the Kafka protocol, ApiVersions", std::string("\0\0\0\x0a\0\x12\0\0\0\0\0\x01\xff\xff", 14)},
      {"AnAnswer", "RFC 9112 2.1", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"},
      {"ABrowsersLineInCapitals", "RFC 9112 3", "GET HTTP://X/MONITORING/STATUS\r\n\r\n"},
      {"Nothing", "RFC 9112 3", std::string(64, '\0')},
  };
}

}  // namespace

std::vector<MalformedRequest> malformed_request_lines() {
  std::vector<MalformedRequest> all = methods();
  for (const auto& part : {versions(), other_protocols()}) all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace propylon::testing
