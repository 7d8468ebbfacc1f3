#include "json/writer.h"

#include <gtest/gtest.h>

#include <random>

#include "core/long_tests.h"
#include "json/document.h"
#include "json/utf8.h"

namespace propylon::json {
namespace {

std::string escaped(std::string_view text) {
  std::string out;
  append_escaped(out, text);
  return out;
}

TEST(JsonWriter, EscapesAsTheReferenceDoes) {
  const std::pair<std::string, std::string> cases[] = {
      {"", ""},
      {"plain text of more than sixteen bytes", "plain text of more than sixteen bytes"},
      {"\"\\/", "\\\"\\\\/"},
      {"\n\r\t\b\f", "\\n\\r\\t\\u0008\\u000c"},
      {std::string("\0\x01\x1f\x7f", 4), "\\u0000\\u0001\\u001f\x7f"},
      {"<a href='x'>&amp;", "\\u003ca href='x'\\u003e\\u0026amp;"},
      {"\u2028|\u2029|\u2027|\u20ac|\u00e9|\U0001F600", "\\u2028|\\u2029|\u2027|\u20ac|\u00e9|\U0001F600"},
      {"=?<", "=?\\u003c"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(escaped(text), expected) << text;
}

TEST(JsonWriter, EscapesASpecialCharacterAtEveryPlaceOfABlock) {
  for (const std::string_view special : {"\"", "\\", "\n", "<", ">", "&", "\x01", "\u2028", "\u2029", "\u20ac"}) {
    for (std::size_t before = 0; before < 40; ++before) {
      const std::string text = std::string(before, 'x') + std::string(special) + std::string(40 - before, 'y');
      EXPECT_EQ(escaped(text), std::string(before, 'x') + escaped(special) + std::string(40 - before, 'y'));
    }
  }
}

TEST(JsonWriter, EscapesAcrossTheEndOfAStretch) {
  for (std::size_t before = 4090; before < 4100; ++before) {
    const std::string text = std::string(before, 'x') + "\u2028\"" + std::string(5000, '\x01');
    std::string expected = std::string(before, 'x') + "\\u2028\\\"";
    for (int i = 0; i < 5000; ++i) expected += "\\u0001";
    EXPECT_EQ(escaped(text), expected);
  }
}

TEST(JsonWriter, WritesWhatADocumentReadsBack) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE("PROPYLON_TEST_SEED=" + std::to_string(seed));
  std::mt19937 random(static_cast<std::uint32_t>(seed));
  for (int round = 0; round < 2000; ++round) {
    std::string bytes(random() % 70, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    const std::string text = latin1_to_utf8(bytes);
    std::string out;
    Writer(out).begin_object().key("k").string(text).end_object();
    const auto document = Document::parse_object(out);
    ASSERT_TRUE(document) << out;
    EXPECT_EQ(*document->object().string("k").value(), text);
  }
}

TEST(JsonWriter, PutsCommasBetweenMembersAndElementsOnly) {
  std::string out = "x";
  Writer writer(out);
  writer.begin_object()
      .key("a")
      .begin_array()
      .end_array()
      .key("b")
      .begin_array()
      .number(1)
      .number(-2)
      .begin_object()
      .end_object();
  writer.begin_array().null().end_array().end_array().key("c<").boolean(true).key("d").raw("{\"z\":0}").end_object();
  EXPECT_EQ(out, R"(x{"a":[],"b":[1,-2,{},[null]],"c\u003c":true,"d":{"z":0}})");
}

TEST(JsonWriter, WritesNumbersExactly) {
  std::string out;
  Writer writer(out);
  writer.begin_array().number(~0ull).number(std::int64_t{-9223372036854775807} - 1).number(0.1).number(1e300).number(0);
  writer.end_array();
  EXPECT_EQ(out, "[18446744073709551615,-9223372036854775808,0.1,1e+300,0]");
}

TEST(JsonWriter, ReadsBytesThatAreNotUtf8AsLatin1) {
  std::string out;
  Writer(out).begin_array().text("caf\xe9").text("caf\xc3\xa9").end_array();
  EXPECT_EQ(out, "[\"caf\u00e9\",\"caf\u00e9\"]");
}

}  // namespace
}  // namespace propylon::json
