#include "http/accept_encoding.h"

#include <gtest/gtest.h>

#include <string>

namespace propylon::http {
namespace {

EncodingChoice choose(std::string_view line) {
  AcceptEncoding accept;
  accept.add(line);
  return accept.choose();
}

TEST(AcceptEncoding, ChoosesByWeightThenByOurOrder) {
  const std::pair<const char*, ContentCoding> cases[] = {
      {"gzip", ContentCoding::kGzip},
      {"x-gzip", ContentCoding::kGzip},
      {"GZip", ContentCoding::kGzip},
      {"br", ContentCoding::kBrotli},
      {"zstd", ContentCoding::kZstd},
      {"gzip, deflate", ContentCoding::kGzip},
      {"gzip, deflate, br", ContentCoding::kBrotli},
      {"gzip, deflate, br, zstd", ContentCoding::kZstd},
      {"gzip;q=1.0, br;q=0.9, zstd;q=0.8", ContentCoding::kGzip},
      {"gzip;q=0.5,br;q=0.501,zstd;q=0.5", ContentCoding::kBrotli},
      {"gzip ; q=0.1 , zstd;Q=0.1", ContentCoding::kZstd},
      {"zstd;q=0, br;q=0.000, gzip;q=0.001", ContentCoding::kGzip},
      {"gzip;q=0.5, identity", ContentCoding::kIdentity},
      {"gzip;q=0.5, identity;q=0.5", ContentCoding::kGzip},
      {"identity;q=0.5, gzip;q=0.4, br;q=0.6", ContentCoding::kBrotli},
      {",, gzip ,", ContentCoding::kGzip},
  };
  for (const auto& [line, coding] : cases) EXPECT_EQ(choose(line).coding, coding) << line;
}

TEST(AcceptEncoding, ChoosesNothingThatIsRefusedOrNotNamed) {
  for (const char* line : {"", "identity", "deflate", "compress, deflate", "gzip;q=0", "gzip;q=0.000, br;q=0", "*;q=0",
                           "gzip;q=0, *", "gzip;q=0, *;q=1", "identity, *;q=0"}) {
    EXPECT_EQ(choose(line).coding, ContentCoding::kIdentity) << line;
  }
}

TEST(AcceptEncoding, TakesAnAsteriskForGzip) {
  for (const char* line : {"*", "*;q=0.1", "br;q=0, *", "deflate, *", "identity;q=0, *;q=0.5"}) {
    EXPECT_EQ(choose(line).coding, ContentCoding::kGzip) << line;
  }
  EXPECT_EQ(choose("br, *").coding, ContentCoding::kBrotli);
  EXPECT_EQ(choose("br;q=0.5, *").coding, ContentCoding::kGzip);
}

TEST(AcceptEncoding, KnowsWhenIdentityIsRefused) {
  for (const char* line : {"identity;q=0", "gzip, identity;q=0", "*;q=0", "gzip, *;q=0", "identity;q=0, *;q=1"}) {
    EXPECT_TRUE(choose(line).identity_refused) << line;
  }
  for (const char* line : {"", "gzip", "gzip;q=0", "identity;q=0.001, *;q=0", "identity, *;q=0", "*;q=0.1"}) {
    EXPECT_FALSE(choose(line).identity_refused) << line;
  }
}

TEST(AcceptEncoding, LeavesOutWhatIsMalformed) {
  for (const char* element :
       {"zstd;q=", "zstd;q=2", "zstd;q=1.001", "zstd;q=0.1234", "zstd;q=-1", "zstd;q=a", "zstd;q=.5", "zstd;q=0,5",
        "zstd;x=1", "zstd;", "zstd;q =1", "zstd;q=1;q=1", ";q=1", "zstd br", "zstd;q=0x"}) {
    EXPECT_EQ(choose(std::string(element) + ", gzip;q=0.2").coding, ContentCoding::kGzip) << element;
  }
}

TEST(AcceptEncoding, ReadsSeveralLinesAsOneList) {
  AcceptEncoding accept;
  accept.add("gzip;q=0.3");
  accept.add("br;q=0.4, identity;q=0");
  EXPECT_EQ(accept.choose().coding, ContentCoding::kBrotli);
  EXPECT_TRUE(accept.choose().identity_refused);
}

}  // namespace
}  // namespace propylon::http
