// What removing and rewriting give back on a real disk.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "core/temporary_directory.h"
#include "log/log_fixture.h"
#include "log/posix_file_layer.h"

namespace propylon::log {
namespace {

// As du counts it.
std::uint64_t bytes_used(const std::string& directory) {
  std::uint64_t bytes = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    struct stat status{};
    if (::stat(entry.path().c_str(), &status) == 0) bytes += static_cast<std::uint64_t>(status.st_blocks) * 512;
  }
  return bytes;
}

TEST(DiskUsage, ShrinksWithIndexingRemovingAndRewriting) {
  const TemporaryDirectory temporary;
  const std::string root = temporary.path().string();
  const std::string directory = root + "/log";
  PosixFileLayer files;
  LogFixture fixture(files, directory);
  fixture.options.segment_bytes = kMiB;
  ASSERT_TRUE(fixture.open());
  std::uint64_t next = 1;
  const auto fill_to_segment = [&](std::uint64_t segment) {
    while (fixture.log->end().segment < segment) {
      ASSERT_TRUE(fixture.write({LogFixture::message(next % 10 == 0 ? 2 : 1, next, {std::string(40'000, 'x')})}));
      ++next;
    }
  };
  fill_to_segment(6);
  ASSERT_TRUE(fixture.log->write_checkpoint("one", fixture.log->end(), fixture.log->end()));
  fill_to_segment(7);
  ASSERT_TRUE(fixture.maintain());
  ASSERT_TRUE(fixture.log->write_checkpoint("two", fixture.log->end(), fixture.log->end()));

  const std::uint64_t full = bytes_used(directory);
  EXPECT_GT(full, 7 * kMiB);
  ASSERT_TRUE(fixture.log->remove_segment(1));
  const std::uint64_t removed = bytes_used(directory);
  EXPECT_LT(removed, full - 900 * kKiB);
  const auto held = fixture.log->sealed(3);
  const auto rewritten =
      fixture.log->rewrite(2, 5, [](StationId station, Sequence, Sequence) { return station.value == 2; });
  ASSERT_TRUE(rewritten) << rewritten.error().message;
  EXPECT_LT(bytes_used(directory), removed - 3 * kMiB) << "also while somebody still reads one of them";
  EXPECT_NEAR(static_cast<double>(fixture.log->bytes_on_disk()), static_cast<double>(bytes_used(directory)),
              static_cast<double>(300 * kKiB));
  fixture.log.reset();
}

}  // namespace
}  // namespace propylon::log
