#include "hostile/malformed_request.h"

namespace propylon::testing {
namespace {

MalformedRequest chunks(const std::string& name, const std::string& rfc, const std::string& body) {
  return {name, rfc, std::string(kGoodPost) + "Transfer-Encoding: chunked\r\n\r\n" + body};
}

constexpr const char* kSizes = "RFC 9112 7.1";
constexpr const char* kExtensions = "RFC 9112 7.1.1";
constexpr const char* kTrailers = "RFC 9112 7.1.2";

std::vector<MalformedRequest> sizes() {
  std::vector<MalformedRequest> all{
      chunks("ChunkSizeMissing", kSizes, "\r\nabcd\r\n0\r\n\r\n"),
      chunks("ChunkSizeNoNumber", kSizes, "x\r\nabcd\r\n0\r\n\r\n"),
      chunks("ChunkSizeNegative", kSizes, "-4\r\nabcd\r\n0\r\n\r\n"),
      chunks("ChunkSizeWithPlus", kSizes, "+4\r\nabcd\r\n0\r\n\r\n"),
      chunks("ChunkSizeWithPrefix", kSizes, "0x4\r\nabcd\r\n0\r\n\r\n"),
      chunks("ChunkSizeWithBackslashPrefix", kSizes, "\\x4\r\nabcd\r\n0\r\n\r\n"),
      chunks("ChunkSizeWithUnderscore", kSizes, "0_4\r\nabcd\r\n0\r\n\r\n"),
      chunks("ChunkSizeWithComma", kSizes, "4,4\r\nabcd\r\n0\r\n\r\n"),
      chunks("ChunkSizeWithPoint", kSizes, "4.0\r\nabcd\r\n0\r\n\r\n"),
      chunks("ChunkSizeQuoted", kSizes, "\"4\"\r\nabcd\r\n0\r\n\r\n"),
      chunks("ChunkSizeBehindBlank", kSizes, " 4\r\nabcd\r\n0\r\n\r\n"),
      chunks("ChunkSizeBehindTab", kSizes, "\t4\r\nabcd\r\n0\r\n\r\n"),
      chunks("ChunkSizeWithNumberBehindBlank", kSizes, "4 4\r\nabcd\r\n0\r\n\r\n"),
      chunks("ChunkSizeWithWordBehindBlank", kSizes, "4 x\r\nabcd\r\n0\r\n\r\n"),
      chunks("ChunkSizeWithWordBehindTab", kSizes, "4\tx\r\nabcd\r\n0\r\n\r\n"),
      chunks("ChunkSizeWithVerticalTab", kSizes, "4\v\r\nabcd\r\n0\r\n\r\n"),
      chunks("ChunkSizeWithNul", kSizes, std::string("4\0\r\nabcd\r\n0\r\n\r\n", 16)),
      chunks("ChunkSizeInFullWidthDigits", kSizes, "\xef\xbc\x94\r\nabcd\r\n0\r\n\r\n"),
      chunks("ChunkSizeOf16Digits", kSizes, "ffffffffffffffff\r\nabcd\r\n0\r\n\r\n"),
      chunks("ChunkSizeOf17Digits", kSizes, "fffffffffffffffff\r\nabcd\r\n0\r\n\r\n"),
      chunks("ChunkSizeOverflowingTo32Bits", kSizes, "100000004\r\nabcd\r\n0\r\n\r\n"),
      chunks("ChunkSizeOverflowingTo64Bits", kSizes, "10000000000000004\r\nabcd\r\n0\r\n\r\n"),
      chunks("ChunkSizeOfEndlessZeros", kSizes, std::string(10'000, '0') + "4\r\nabcd\r\n0\r\n\r\n"),
      chunks("ChunkSizeWithBareLineFeed", kSizes, "4\nabcd\r\n0\r\n\r\n"),
      chunks("ChunkSizeWithBareReturn", kSizes, "4\rabcd\r\n0\r\n\r\n"),
      chunks("ChunkSizeWithTwoReturns", kSizes, "4\r\r\nabcd\r\n0\r\n\r\n"),
      chunks("ChunkLongerThanItsSize", kSizes, "3\r\nabcd\r\n0\r\n\r\n"),
      chunks("ChunkShorterThanItsSize", kSizes, "5\r\nabcd\r\n0\r\n\r\n"),
      chunks("ChunkWithoutEnd", kSizes, "4\r\nabcd0\r\n\r\n"),
      chunks("ChunkEndingWithBareLineFeed", kSizes, "4\r\nabcd\n0\r\n\r\n"),
      chunks("ChunkEndingWithBareReturn", kSizes, "4\r\nabcd\r0\r\n\r\n"),
      chunks("ChunkEndingWithTwoLines", kSizes, "4\r\nabcd\r\n\r\n0\r\n\r\n"),
      chunks("LastChunkWithBareLineFeeds", kSizes, "4\r\nabcd\r\n0\n\n"),
      chunks("LastChunkEndingWithBareLineFeed", kSizes, "4\r\nabcd\r\n0\r\n\n"),
      chunks("LastChunkEndingWithBareReturn", kSizes, "4\r\nabcd\r\n0\r\n\rX"),
  };
  for (auto& request : all) {
    if (request.name != "ChunkSizeOverflowingTo32Bits") continue;
    request.rfc = "RFC 9110 15.5.14";
    request.status = 413;
    request.code = "body_too_large";
  }
  all.push_back({"ChunksAboveTheLimit", "RFC 9110 15.5.14",
                 std::string(kGoodPost) + "Transfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n400000\r\n", 413,
                 "body_too_large"});
  return all;
}

std::vector<MalformedRequest> extensions() {
  std::string many;
  for (int i = 0; i < 200; ++i) many += "1;extension=of-twenty-bytes\r\na\r\n";
  return {
      chunks("ExtensionWithoutSize", kExtensions, ";a=b\r\nabcd\r\n0\r\n\r\n"),
      chunks("ExtensionWithBareLineFeed", kExtensions, "4;a\nabcd\r\n0\r\n\r\n"),
      chunks("ExtensionWithBareReturn", kExtensions, "4;a\rb\r\nabcd\r\n0\r\n\r\n"),
      chunks("ExtensionWithQuotedLineFeed", kExtensions, "4;a=\"\n\"\r\nabcd\r\n0\r\n\r\n"),
      chunks("ExtensionWithNul", kExtensions, std::string("4;a=\0\r\nabcd\r\n0\r\n\r\n", 19)),
      chunks("ExtensionWithControl", kExtensions, "4;a=\x01\r\nabcd\r\n0\r\n\r\n"),
      chunks("ExtensionWithDelete", kExtensions, "4;a=\x7f\r\nabcd\r\n0\r\n\r\n"),
      chunks("ExtensionTooLong", kExtensions, "4;" + std::string(5000, 'a') + "\r\nabcd\r\n0\r\n\r\n"),
      chunks("ExtensionsTooLongTogether", kExtensions, many + "0\r\n\r\n"),
      chunks("ExtensionOfLastChunkWithBareLineFeed", kExtensions, "4\r\nabcd\r\n0;a\n\r\n"),
  };
}

std::vector<MalformedRequest> trailers() {
  const std::string data = "4\r\nabcd\r\n0\r\n";
  std::string many;
  for (int i = 0; i < 1000; ++i) many += "X-" + std::to_string(i) + ": abc\r\n";
  return {
      chunks("TrailerWithoutColon", kTrailers, data + "X-A\r\n\r\n"),
      chunks("TrailerWithoutName", kTrailers, data + ": b\r\n\r\n"),
      chunks("TrailerWithBlankBeforeColon", kTrailers, data + "X-A : b\r\n\r\n"),
      chunks("TrailerFolded", kTrailers, data + "X-A: b\r\n c\r\n\r\n"),
      chunks("TrailerFoldedAtOnce", kTrailers, data + " X-A: b\r\n\r\n"),
      chunks("TrailerWithBareLineFeed", kTrailers, data + "X-A: b\n\r\n"),
      chunks("TrailerWithBareReturn", kTrailers, data + "X-A: b\rc\r\n\r\n"),
      chunks("TrailerWithNul", kTrailers, data + std::string("X-A: \0\r\n\r\n", 10)),
      chunks("TrailerWithControlInItsName", kTrailers, data + "X\x01: b\r\n\r\n"),
      chunks("TrailerTooLong", kTrailers, data + "X-A: " + std::string(9000, 'a') + "\r\n\r\n"),
      chunks("TrailersTooManyTogether", kTrailers, data + many + "\r\n"),
      chunks("TrailerThatIsARequest", kTrailers, data + "GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
  };
}

}  // namespace

std::vector<MalformedRequest> malformed_chunks() {
  std::vector<MalformedRequest> all = sizes();
  for (const auto& part : {extensions(), trailers()}) all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace propylon::testing
