#include "hostile/malformed_request.h"

namespace propylon::testing {
namespace {

// One Content-Length field with this value, and eight bytes that could be a body.
MalformedRequest length(const std::string& name, const std::string& value) {
  return {name, "RFC 9110 8.6", std::string(kGoodPost) + "Content-Length: " + value + "\r\n\r\nabcdefgh"};
}

// One Transfer-Encoding field with this value, and a body that is whole when the value is taken for "chunked".
MalformedRequest coding(const std::string& name, const std::string& value) {
  return {name, "RFC 9112 6.1",
          std::string(kGoodPost) + "Transfer-Encoding: " + value + "\r\n\r\n4\r\nabcd\r\n0\r\n\r\n"};
}

// Several field lines, and the same body.
MalformedRequest lines(const std::string& name, const std::string& rfc, const std::string& fields) {
  return {name, rfc, std::string(kGoodPost) + fields + "\r\n4\r\nabcd\r\n0\r\n\r\n"};
}

std::vector<MalformedRequest> content_lengths() {
  const std::string several = "RFC 9112 6.3, item 5";
  std::vector<MalformedRequest> all{
      length("LengthEmpty", ""),
      length("LengthOfBlanks", " \t "),
      length("LengthWithPlus", "+8"),
      length("LengthNegative", "-8"),
      length("LengthMinusZero", "-0"),
      length("LengthHexadecimal", "0x8"),
      length("LengthHexadecimalDigit", "a"),
      length("LengthOctalPrefix", "0o10"),
      length("LengthWithFraction", "8.0"),
      length("LengthWithExponent", "8e0"),
      length("LengthWithUnderscore", "1_0"),
      length("LengthQuoted", "\"8\""),
      length("LengthWithParameter", "8;q=1"),
      length("LengthWithBlankInside", "1 8"),
      length("LengthWithTabInside", "1\t8"),
      length("LengthWithLetterBehind", "8x"),
      length("LengthInFullWidthDigits", "\xef\xbc\x98"),
      length("LengthWithVerticalTab", "\v8"),
      length("LengthWithNul", std::string("8\0", 2)),
      length("LengthOfTwoToThe64", "18446744073709551616"),
      length("LengthOverflowingToEight", "18446744073709551624"),
      length("LengthOfFortyDigits", std::string(40, '9')),
      length("LengthListOfEquals", "8, 8"),
      length("LengthListOfDifferents", "8, 4"),
      length("LengthListWithEmptyElement", "8,"),
      length("LengthListBeginningEmpty", ",8"),
      lines("LengthTwiceEqual", several, "Content-Length: 8\r\nContent-Length: 8\r\n"),
      lines("LengthTwiceDifferent", several, "Content-Length: 8\r\nContent-Length: 0\r\n"),
      lines("LengthTwiceInOtherLetterCase", several, "content-length: 0\r\nCONTENT-LENGTH: 8\r\n"),
      lines("LengthTwiceApart", several, "Content-Length: 0\r\nX-A: b\r\nX-C: d\r\nContent-Length: 8\r\n"),
      lines("LengthThenBadLength", several, "Content-Length: 8\r\nContent-Length: x\r\n"),
  };
  MalformedRequest largest = length("LengthOfTwoToThe64LessOne", "18446744073709551615");
  MalformedRequest large = length("LengthAboveTheLimit", "4194305");
  for (MalformedRequest* request : {&largest, &large}) {
    request->rfc = "RFC 9110 15.5.14";
    request->status = 413;
    request->code = "body_too_large";
    all.push_back(*request);
  }
  return all;
}

std::vector<MalformedRequest> both() {
  const std::string rfc = "RFC 9112 6.3, item 3";
  return {
      lines("LengthThenCoding", rfc, "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n"),
      lines("CodingThenLength", rfc, "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n"),
      lines("LengthZeroAndCoding", rfc, "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n"),
      lines("LengthAndIdentity", rfc, "Content-Length: 4\r\nTransfer-Encoding: identity\r\n"),
      lines("LengthAndEmptyCoding", rfc, "Content-Length: 4\r\nTransfer-Encoding:\r\n"),
      lines("LengthAndCodingApart", rfc, "Transfer-Encoding: chunked\r\nX-A: b\r\ncontent-length: 4\r\n"),
  };
}

std::vector<MalformedRequest> codings() {
  std::vector<MalformedRequest> all{
      coding("CodingEmpty", ""),
      coding("CodingIdentity", "identity"),
      coding("CodingUnknown", "cow"),
      coding("CodingGzipAlone", "gzip"),
      coding("CodingGzipThenChunked", "gzip, chunked"),
      coding("CodingChunkedThenIdentity", "chunked, identity"),
      coding("CodingChunkedThenGzip", "chunked, gzip"),
      coding("CodingChunkedTwice", "chunked, chunked"),
      coding("CodingWithPrefix", "xchunked"),
      coding("CodingWithSuffix", "chunkedx"),
      coding("CodingCut", "chunke"),
      coding("CodingWithBlankInside", "chun ked"),
      coding("CodingQuoted", "\"chunked\""),
      coding("CodingInSingleQuotes", "'chunked'"),
      coding("CodingWithParameter", "chunked;q=1"),
      coding("CodingListWithEmptyElement", "chunked,"),
      coding("CodingListBeginningEmpty", ", chunked"),
      coding("CodingWithColon", ": chunked"),
      coding("CodingWithVerticalTab", "\vchunked"),
      coding("CodingWithVerticalTabBehind", "chunked\v"),
      coding("CodingWithFormFeed", "\fchunked"),
      coding("CodingWithNul", std::string("chunked\0", 8)),
      coding("CodingWithNoBreakSpace",
             "\xc2\xa0"
             "chunked"),
      coding("CodingWithByteBehind", "chunked\xff"),
      coding("CodingWithUnicodeLetter",
             "\xc5\xbf"
             "chunked"),
      coding("CodingFolded", "\r\n chunked"),
      coding("CodingFoldedWithTab", "chunked\r\n\t, identity"),
      coding("CodingWithBareReturn", "chunked\rX-A: b"),
      coding("CodingWithBareLineFeed", "chunked\nX-A: b"),
      lines("CodingTwiceEqual", "RFC 9112 6.1", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
      lines("CodingTwiceDifferent", "RFC 9112 6.1", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n"),
      lines("CodingTwiceDifferentlyWritten", "RFC 9112 6.1",
            "Transfer-Encoding: identity\r\ntransfer-encoding: chunked\r\n"),
      lines("CodingWithBlankBeforeColon", "RFC 9112 5.1", "Transfer-Encoding : chunked\r\n"),
      lines("CodingWithTabBeforeColon", "RFC 9112 5.1", "Transfer-Encoding\t: chunked\r\n"),
      lines("CodingWithNulInItsName", "RFC 9110 5.1", std::string("Transfer-Encoding\0: chunked\r\n", 29)),
      lines("CodingBehindBareLineFeed", "RFC 9112 2.2", "X-A: b\nTransfer-Encoding: chunked\r\n"),
      lines("CodingBehindBareReturn", "RFC 9112 2.2", "X-A: b\rTransfer-Encoding: chunked\r\n"),
      lines("CodingAsAFoldedLine", "RFC 9112 5.2", "X-A: b\r\n Transfer-Encoding: chunked\r\n"),
  };
  all.push_back({"CodingInHttp10", "RFC 9112 6.1",
                 "POST /stations/smuggled/produce/single HTTP/1.0\r\nAuthorization: {bearer}\r\n"
                 "Transfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\n\r\n"});
  all.push_back({"CodingInHttp10KeptAlive", "RFC 9112 6.1",
                 "POST /stations/smuggled/produce/single HTTP/1.0\r\nAuthorization: {bearer}\r\n"
                 "Connection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\n\r\n"});
  return all;
}

}  // namespace

std::vector<MalformedRequest> malformed_lengths() {
  std::vector<MalformedRequest> all = content_lengths();
  for (const auto& part : {both(), codings()}) all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace propylon::testing
