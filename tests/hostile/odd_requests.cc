#include "hostile/malformed_request.h"

namespace propylon::testing {
namespace {

constexpr const char* kPost =
    "POST /stations/{station}/produce/single HTTP/1.1\r\nHost: x\r\nAuthorization: {bearer}\r\n";

OddRequest get(const std::string& name, const std::string& rfc, const std::string& bytes) { return {name, rfc, bytes}; }
// A produce request: the rest of its head with the empty line and its body.
OddRequest produce(const std::string& name, const std::string& rfc, const std::string& rest,
                   const std::string& stored) {
  return {name, rfc, kPost + rest, {stored}};
}
OddRequest chunks(const std::string& name, const std::string& rfc, const std::string& body) {
  return produce(name, rfc, "Transfer-Encoding: chunked\r\n\r\n" + body, "abcd");
}
OddRequest host(const std::string& name, const std::string& value) {
  return get(name, "RFC 3986 3.2.2", "GET /monitoring/status HTTP/1.1\r\nHost: " + value + "\r\n\r\n");
}

std::vector<OddRequest> lines_and_fields() {
  std::string same;
  for (int i = 0; i < 1000; ++i) same += "X-Debezium-Offset: 7\r\n";
  return {
      get("OneEmptyLineBeforeTheLine", "RFC 9112 2.2", "\r\n" + std::string(kGoodGet) + "\r\n"),
      get("TwoEmptyLinesBeforeTheLine", "RFC 9112 2.2", "\r\n\r\n" + std::string(kGoodGet) + "\r\n"),
      get("TargetInAbsoluteForm", "RFC 9112 3.2.2",
          "GET http://any.example:80/monitoring/status HTTP/1.1\r\nHost: x\r\n\r\n"),
      get("TargetInAbsoluteFormInCapitals", "RFC 9112 3.2.2",
          "GET HTTPS://ANY.EXAMPLE/monitoring/status?x HTTP/1.1\r\nHost: y\r\n\r\n"),
      get("TargetWithEscapedLetters", "RFC 3986 6.2.2.2", "GET /%6donitoring/%73tatus HTTP/1.1\r\nHost: x\r\n\r\n"),
      get("TargetWithOddQuery", "RFC 3986 3.4",
          "GET /monitoring/status?a=%00&&=&%zz&../..//?&b[]={}|^`\" HTTP/1.1\r\nHost: x\r\n\r\n"),
      get("LongestTarget", "RFC 9112 3",
          "GET /monitoring/status?" + std::string(8192 - 19, 'q') + " HTTP/1.1\r\nHost: x\r\n\r\n"),
      get("FieldWithoutBlank", "RFC 9112 5.1", "GET /monitoring/status HTTP/1.1\r\nHost:x\r\nX-A:b\r\n\r\n"),
      get("FieldWithManyBlanks", "RFC 9112 5.1",
          "GET /monitoring/status HTTP/1.1\r\nHost: \t x \t\r\nX-A: \t b \t c \t\r\n\r\n"),
      get("FieldWithoutValue", "RFC 9110 5.5", std::string(kGoodGet) + "X-A:\r\n\r\n"),
      get("FieldOfColons", "RFC 9110 5.5", std::string(kGoodGet) + "X-A:::::\r\n\r\n"),
      get("FieldWithLatin1", "RFC 9110 5.5", std::string(kGoodGet) + "X-A: caf\xe9\r\n\r\n"),
      get("FieldOfEveryTokenCharacter", "RFC 9110 5.6.2", std::string(kGoodGet) + "!#$%&'*+-.^_`|~09azAZ: b\r\n\r\n"),
      get("FieldRepeatedAThousandTimes", "RFC 9110 5.3", std::string(kGoodGet) + same + "\r\n"),
      get("UpgradeToHttp2", "RFC 9110 7.8",
          std::string(kGoodGet) +
              "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMA\r\n\r\n"),
      get("UpgradeToWebSocket", "RFC 9110 7.8",
          std::string(kGoodGet) + "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: eA==\r\n\r\n"),
      host("HostOfAnIPv6Address", "[2001:db8::1]:4444"),
      host("HostOfAnIPv4Address", "127.0.0.1:4444"),
      host("HostWithEmptyPort", "x:"),
      host("HostEmpty", ""),
      host("HostInCapitals", "EXAMPLE.ORG."),
      {"Http10", "RFC 9112 9.3", "GET /monitoring/status HTTP/1.0\r\n\r\n", {}, Then::kCloses},
      {"CloseAmongOtherOptions",
       "RFC 9112 9.6",
       std::string(kGoodGet) + "Connection: x, ,CLOSE ,y\r\n\r\n",
       {},
       Then::kCloses},
      {"CloseBeatsKeepAlive",
       "RFC 9112 9.3",
       std::string(kGoodGet) + "Connection: keep-alive\r\nConnection: close\r\n\r\n",
       {},
       Then::kCloses},
      get("Http10KeptAlive", "RFC 9112 9.3", "GET /monitoring/status HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"),
  };
}

std::vector<OddRequest> lengths_and_chunks() {
  const std::string chunked = "Transfer-Encoding: chunked\r\n\r\n";
  return {
      produce("LengthWithLeadingZeros", "RFC 9110 8.6",
              "Content-Length: 0000000000000000000000000000000004\r\n\r\nabcd", "abcd"),
      produce("LengthBetweenBlanks", "RFC 9110 8.6", "Content-Length: \t 4 \t \r\n\r\nabcd", "abcd"),
      produce("LengthZero", "RFC 9110 8.6", "Content-Length: 0\r\n\r\n", ""),
      produce("NoLengthIsAnEmptyBody", "RFC 9112 6.3, item 7", "\r\n", ""),
      produce("LookalikesAreNoLength", "RFC 9110 5.1",
              "Content_Length: 99\r\nContentLength: 99\r\nX-Content-Length: 99\r\nContent-Length2: 99\r\n"
              "Transfer_Encoding: chunked\r\nTransferEncoding: chunked\r\nContent-Length: 4\r\n\r\nabcd",
              "abcd"),
      produce("BodyThatIsARequest", "RFC 9112 6.3",
              "Content-Length: 38\r\n\r\nGET /no/such HTTP/1.1\r\nHost: x\r\nA: b\r\n",
              "GET /no/such HTTP/1.1\r\nHost: x\r\nA: b\r\n"),
      produce("CodingInCapitals", "RFC 9112 7", "tRANSFER-eNCODING: CHUNKED\r\n\r\n4\r\nabcd\r\n0\r\n\r\n", "abcd"),
      produce("CodingBetweenBlanks", "RFC 9112 5.1", "Transfer-Encoding:\t chunked \t\r\n\r\n4\r\nabcd\r\n0\r\n\r\n",
              "abcd"),
      chunks("ChunkSizeWithLeadingZeros", "RFC 9112 7.1", "00000004\r\nabcd\r\n0000\r\n\r\n"),
      chunks("ChunkSizeInCapitals", "RFC 9112 7.1", "3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n"),
      produce("ChunkSizeInLetters", "RFC 9112 7.1", chunked + "A\r\n0123456789\r\nb\r\n0123456789a\r\n0\r\n\r\n",
              "01234567890123456789a"),
      chunks("ChunkExtensions", "RFC 9112 7.1.1", "4;a;b=c;d=\"e;f\"\r\nabcd\r\n0;last\r\n\r\n"),
      chunks("ChunkExtensionsBetweenBlanks", "RFC 9112 7.1.1", "4 ; a = b\r\nabcd\r\n0\t;c\r\n\r\n"),
      chunks("ChunkSizeFilledWithBlanks", "RFC 9112 7.1.1", "4   \r\nabcd\r\n0  \r\n\r\n"),
      chunks("ChunkOfLineEnds", "RFC 9112 7.1", "1\r\na\r\n3\r\nbcd\r\n0\r\n\r\n"),
      produce("ChunkDataThatLooksLikeTheEnd", "RFC 9112 7.1", chunked + "7\r\n\r\n0\r\n\r\n\r\n0\r\n\r\n",
              "\r\n0\r\n\r\n"),
      chunks("Trailers", "RFC 9112 7.1.2", "4\r\nabcd\r\n0\r\nX-Checksum: 1\r\nX-More:\r\n\r\n"),
      // RFC 9110 section 6.5.1: such fields must not be merged; they have no effect whatever.
      chunks("TrailersOfFraming", "RFC 9110 6.5.1",
             "4\r\nabcd\r\n0\r\nContent-Length: 99\r\nTransfer-Encoding: chunked\r\nHost: y\r\nConnection: close\r\n"
             "Authorization: Bearer other\r\nExpect: x\r\nContent-Encoding: gzip\r\n\r\n"),
  };
}

}  // namespace

std::vector<OddRequest> odd_requests() {
  std::vector<OddRequest> all = lines_and_fields();
  const auto more = lengths_and_chunks();
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

}  // namespace propylon::testing
