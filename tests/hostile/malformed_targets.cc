#include "hostile/malformed_request.h"

namespace propylon::testing {
namespace {

MalformedRequest target(const std::string& name, const std::string& rfc, const std::string& text) {
  return {name, rfc, "GET " + text + " HTTP/1.1\r\nHost: x\r\nAuthorization: {bearer}\r\n\r\n"};
}
// A well formed target with a path that is not to be guessed at.
MalformedRequest path(const std::string& name, const std::string& rfc, const std::string& text) {
  MalformedRequest request = target(name, rfc, text);
  request.code = "invalid_request";
  request.then = Then::kStays;
  return request;
}
MalformedRequest station(const std::string& name, const std::string& text) {
  return {name,
          "RFC 3986 2.1",
          "POST /stations/" + text +
              "/produce/single HTTP/1.1\r\nHost: x\r\n"
              "Authorization: {bearer}\r\nContent-Length: 8\r\n\r\nsmuggled",
          400,
          "invalid_name",
          Then::kStays};
}
// A produce request with these fields and a body of eight bytes.
MalformedRequest wish(const std::string& name, const std::string& rfc, const std::string& fields, int status,
                      const std::string& code) {
  return {name, rfc, std::string(kGoodPost) + fields + "Content-Length: 8\r\n\r\nsmuggled", status, code, Then::kStays};
}

std::vector<MalformedRequest> targets() {
  std::vector<MalformedRequest> all{
      target("TargetWithoutSlash", "RFC 9112 3.2", "monitoring/status"),
      target("TargetOfAuthority", "RFC 9112 3.2.3", "x:80"),
      target("TargetOfAsteriskAtGet", "RFC 9112 3.2.4", "*"),
      target("TargetWithFragment", "RFC 9112 3.2", "/monitoring/status#top"),
      target("TargetOfFragment", "RFC 9112 3.2", "#"),
      target("TargetWithUtf8", "RFC 3986 2", "/caf\xc3\xa9"),
      target("TargetWithLatin1", "RFC 3986 2", "/caf\xe9"),
      target("TargetWithControl", "RFC 3986 2", "/a\x01"),
      target("TargetWithDelete", "RFC 3986 2", "/a\x7f"),
      target("TargetWithTab", "RFC 3986 2", "/a\tb"),
      target("TargetWithNul", "RFC 3986 2", std::string("/a\0b", 4)),
      target("TargetWithoutHost", "RFC 9110 4.2.1", "http:///monitoring/status"),
      target("TargetOfSchemeAlone", "RFC 9110 4.2.1", "http://"),
      target("TargetWithOneSlash", "RFC 9110 4.2.1", "http:/monitoring/status"),
      target("TargetWithUser", "RFC 9110 4.2.4", "http://user:password@x/monitoring/status"),
      target("TargetWithBadPort", "RFC 3986 3.2.3", "http://x:port/monitoring/status"),
      target("TargetWithOpenAddress", "RFC 3986 3.2.2", "http://[::1/monitoring/status"),
      target("TargetOfAnotherScheme", "RFC 9112 3.2.2", "ftp://x/monitoring/status"),
      target("TargetOfAFile", "RFC 9112 3.2.2", "file:///etc/passwd"),
      target("TargetOfAScript", "RFC 9112 3.2.2", "javascript:alert(1)"),
      target("TargetWithBackslashes", "RFC 9112 3.2", "\\monitoring\\status"),
      {"ConnectToAuthority", "RFC 9110 9.3.6", "CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n\r\n"},
      {"PostToAsterisk", "RFC 9112 3.2.4", "POST * HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"},
  };
  for (const auto& [name, size] : {std::pair("TargetOneByteTooLong", 8193), std::pair("TargetFarTooLong", 60'000)}) {
    MalformedRequest request =
        target(name, "RFC 9110 15.5.15", "/" + std::string(static_cast<std::size_t>(size) - 1, 'a'));
    request.status = 414;
    request.code = "target_too_long";
    all.push_back(request);
  }
  all.push_back(
      {"TargetThatNeverEnds", "RFC 9110 15.5.15", "GET /" + std::string(100'000, 'a'), 414, "target_too_long"});
  all.push_back({"QueryTooLong", "RFC 9110 15.5.15",
                 "GET /monitoring/status?" + std::string(9000, 'q') + " HTTP/1.1\r\nHost: x\r\n\r\n", 414,
                 "target_too_long"});
  return all;
}

std::vector<MalformedRequest> paths() {
  return {
      path("PathWithTwoSlashes", "RFC 3986 3.3", "/monitoring//status"),
      path("PathBeginningWithTwoSlashes", "RFC 3986 3.3", "//monitoring/status"),
      path("PathWithDotSegment", "RFC 3986 5.2.4", "/monitoring/./status"),
      path("PathWithDotDotSegment", "RFC 3986 5.2.4", "/x/../monitoring/status"),
      path("PathEndingWithDotDot", "RFC 3986 5.2.4", "/monitoring/status/.."),
      path("PathAboveTheRoot", "RFC 3986 5.2.4", "/../../../../etc/passwd"),
      path("PathWithEscapedDots", "RFC 3986 6.2.2.2", "/x/%2e%2e/monitoring/status"),
      path("PathWithHalfEscapedDots", "RFC 3986 6.2.2.2", "/x/.%2E/monitoring/status"),
      path("PathWithEscapedSlash", "RFC 3986 2.2", "/monitoring%2Fstatus"),
      path("PathWithEscapedSlashInLowerCase", "RFC 3986 2.2", "/monitoring%2fstatus"),
      path("PathWithEscapedNul", "RFC 3986 2.1", "/monitoring/status%00"),
      path("PathWithEscapedLineEnd", "RFC 3986 2.1", "/monitoring/status%0d%0aX-A:%20b"),
      path("PathWithEscapedTab", "RFC 3986 2.1", "/monitoring/status%09"),
      path("PathWithEscapedDelete", "RFC 3986 2.1", "/monitoring/status%7f"),
      path("PathWithLonePercent", "RFC 3986 2.1", "/monitoring/%"),
      path("PathWithCutEscape", "RFC 3986 2.1", "/monitoring/%2"),
      path("PathWithBadEscape", "RFC 3986 2.1", "/monitoring/%zz"),
      path("PathWithSignedEscape", "RFC 3986 2.1", "/monitoring/%+1"),
      path("AbsolutePathWithDotDot", "RFC 3986 5.2.4", "http://x/x/../monitoring/status"),
      station("StationWithEscapedPercent", "%252e%252e"),
      station("StationWithOverlongDots", "%c0%ae%c0%ae"),
      station("StationWithUtf8", "caf%c3%a9"),
      station("StationWithEscapedBlank", "a%20b"),
      station("StationWithBackslash", "..%5c.."),
      station("StationWithParameter", "a;b=c"),
      station("StationBeginningWithDot", ".hidden"),
      station("StationOfMarkup", "%3Cscript%3E"),
      station("StationOfWildcards", "*"),
      station("StationOf129Letters", std::string(129, 'a')),
  };
}

std::vector<MalformedRequest> wishes() {
  return {
      wish("ExpectationOfAnotherKind", "RFC 9110 10.1.1", "Expect: 200-ok\r\n", 417, "expectation_failed"),
      wish("ExpectationOfSeveralKinds", "RFC 9110 10.1.1", "Expect: 100-continue, 200-ok\r\n", 417,
           "expectation_failed"),
      wish("ExpectationTwice", "RFC 9110 10.1.1", "Expect: 100-continue\r\nExpect: x\r\n", 417, "expectation_failed"),
      wish("EncodingUnknown", "RFC 9110 8.4", "Content-Encoding: compress\r\n", 415, "unsupported_encoding"),
      wish("EncodingsInAList", "RFC 9110 8.4", "Content-Encoding: gzip, gzip\r\n", 415, "unsupported_encoding"),
      wish("EncodingsInTwoFields", "RFC 9110 8.4", "Content-Encoding: gzip\r\nContent-Encoding: deflate\r\n", 415,
           "unsupported_encoding"),
      wish("EncodingThatDoesNotDecode", "RFC 9110 8.4", "Content-Encoding: gzip\r\n", 400, "invalid_encoding"),
      {"MethodTrace", "RFC 9110 9.3.8",
       "TRACE /monitoring/status HTTP/1.1\r\nHost: x\r\nAuthorization: {bearer}\r\n\r\n", 405, "method_not_allowed",
       Then::kStays},
      {"MethodConnectToAPath", "RFC 9110 9.3.6",
       "CONNECT /monitoring/status HTTP/1.1\r\nHost: x\r\nAuthorization: {bearer}\r\n\r\n", 405, "method_not_allowed",
       Then::kStays},
      {"CredentialsTwice", "RFC 9110 5.3",
       "POST /stations/smuggled/produce/single HTTP/1.1\r\nHost: x\r\nAuthorization: {bearer}\r\n"
       "Authorization: Bearer other\r\nContent-Length: 8\r\n\r\nsmuggled",
       400, "invalid_request", Then::kStays},
      {"CredentialsFolded", "RFC 9112 5.2",
       "POST /stations/smuggled/produce/single HTTP/1.1\r\nHost: x\r\nAuthorization:\r\n {bearer}\r\n"
       "Content-Length: 8\r\n\r\nsmuggled"},
      {"CredentialsMissing", "RFC 9110 11.6.1",
       "POST /stations/smuggled/produce/single HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\nsmuggled", 401,
       "unauthorized", Then::kStays},
      {"CredentialsMissingBeforeChunks", "RFC 9112 9.3",
       "POST /stations/smuggled/produce/single HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", 401,
       "unauthorized"},
  };
}

}  // namespace

std::vector<MalformedRequest> malformed_targets() {
  std::vector<MalformedRequest> all = targets();
  for (const auto& part : {paths(), wishes()}) all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace propylon::testing
