// The worked example of docs/log-format.md is what the code writes, byte for byte.
#include "log/format.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "core/header_block.h"
#include "log/log_fixture.h"
#include "log/memory_file_layer.h"

namespace propylon::log {
namespace {

std::filesystem::path document() {
  return std::filesystem::path(__FILE__).parent_path().parent_path().parent_path() / "docs" / "log-format.md";
}

// The bytes of a dump in the document: the lines "OFFSET  hh hh …" between "```NAME" and "```"; a comment may follow
// behind two spaces.
std::string documented(const std::string& name) {
  std::ifstream file(document());
  std::string line;
  while (std::getline(file, line) && line != "```" + name) {
  }
  std::string bytes;
  while (std::getline(file, line) && line != "```") {
    const std::size_t begin = line.find("  ");
    if (begin == std::string::npos) continue;
    const std::string hex = line.substr(begin + 2, line.find("  ", begin + 2) - begin - 2);
    for (std::size_t at = 0; at + 1 < hex.size(); at += 3) {
      bytes += static_cast<char>(std::stoi(hex.substr(at, 2), nullptr, 16));
    }
  }
  return bytes;
}

std::string dump(ByteView bytes) {
  std::string text;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    if (at % 16 == 0) text += fmt::format("{}{:04x}  ", at == 0 ? "" : "\n", at);
    text += fmt::format("{:02x} ", static_cast<unsigned char>(bytes[at]));
  }
  return text;
}

TEST(LogFormat, WorkedExampleIsWhatTheCodeWrites) {
  MemoryFileLayer files;
  LogFixture fixture(files);
  fixture.options.segment_bytes = 4 * kKiB;
  ASSERT_TRUE(fixture.open());
  std::string headers;
  append_header(headers, "A", "xy");
  ASSERT_TRUE(fixture.write({LogFixture::message(7, 1, {"hi", ""}, headers),
                             {.kind = RecordKind::kFloor, .station = 7, .headers = {}, .payloads = {"\x05"}}}));
  const Position end = fixture.log->end();
  ASSERT_TRUE(fixture.log->write_checkpoint("blob", {1, kSegmentHeaderBytes}, end));
  // A group that does not fit seals the first segment.
  ASSERT_TRUE(fixture.write({LogFixture::message(7, 3, {std::string(3900, 'x')})}));
  ASSERT_TRUE(fixture.maintain());

  const auto written = [&](const char* name) {
    return read_whole_file(files, "/store/" + std::string(name), kMiB).value();
  };
  for (const char* name : {"000000000001.seg", "000000000001.idx", "checkpoint-000000000001", "state"}) {
    EXPECT_EQ(dump(documented(name)), dump(written(name))) << name;
  }
}

}  // namespace
}  // namespace propylon::log
