#include "broker/embedded/disk_room.h"

#include <gtest/gtest.h>

#include "broker/embedded/embedded_world.h"

namespace propylon::broker::embedded {
namespace {

// A file system that says how large it is and is asked nothing else.
class SizedFileSystem final : public log::FileLayer {
 public:
  explicit SizedFileSystem(std::uint64_t bytes) : bytes_(bytes) {}
  Result<log::FileSpace> space(const std::string&) override { return log::FileSpace{bytes_, bytes_}; }
  Result<void> make_directory(const std::string&) override { return {}; }
  Result<std::unique_ptr<log::File>> create(const std::string&) override { return no(); }
  Result<std::unique_ptr<log::File>> open(const std::string&) override { return no(); }
  Result<void> rename(const std::string&, const std::string&) override { return no(); }
  Result<void> unlink(const std::string&) override { return no(); }
  Result<void> sync_directory(const std::string&) override { return no(); }
  Result<std::vector<std::string>> list(const std::string&) override { return no(); }

 private:
  static std::unexpected<Error> no() { return fail(ErrorCode::kIo, "Nobody should ask."); }
  const std::uint64_t bytes_;
};

struct LineSink final : LogSink {
  void write(std::string_view line) override { lines.emplace_back(line); }
  std::vector<std::string> lines;
};

class DiskRoomTest : public testing::Test {
 protected:
  Result<DiskRoom> room(std::uint64_t data_bytes_max, std::uint64_t file_system_bytes) {
    SizedFileSystem files(file_system_bytes);
    const Options options{.data_bytes_max = data_bytes_max};
    return disk_room(options, {}, files, "/data/log", logger);
  }

  FakeClock clock;
  LineSink sink;
  Logger logger{sink, clock, LogLevel::kWarn, LogFormat::kText};
};

TEST_F(DiskRoomTest, SegmentsFitTheLimitOrTheStartIsRefusedNamingTheSizeThatIsNeeded) {
  struct Case {
    std::uint64_t data_bytes_max;
    std::uint64_t file_system_bytes;
    std::uint64_t bytes_max;
    std::uint64_t segment_bytes;  // 0: refused
  };
  const Case cases[] = {
      {0, 100 * kGiB, 80 * kGiB, 64 * kMiB},
      {0, 400 * kMiB, 320 * kMiB, 64 * kMiB},
      {0, 400 * kMiB - 5, 320 * kMiB - 4, 32 * kMiB},
      {0, 200 * kMiB, 160 * kMiB, 32 * kMiB},
      {0, 199 * kMiB, 0, 0},
      {0, 4 * kKiB, 0, 0},
      {kGiB, 4 * kKiB, kGiB, 64 * kMiB},  // what is asked for counts
      {320 * kMiB, 100 * kGiB, 320 * kMiB, 64 * kMiB},
      {200 * kMiB, 100 * kGiB, 200 * kMiB, 32 * kMiB},
      {160 * kMiB, 100 * kGiB, 160 * kMiB, 32 * kMiB},
      {160 * kMiB - 1, 100 * kGiB, 0, 0},
      {1, 100 * kGiB, 0, 0},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(std::to_string(one.data_bytes_max) + " of " + std::to_string(one.file_system_bytes));
    const auto found = room(one.data_bytes_max, one.file_system_bytes);
    ASSERT_EQ(found.has_value(), one.segment_bytes != 0);
    if (found) {
      EXPECT_EQ(found->bytes_max, one.bytes_max);
      EXPECT_EQ(found->segment_bytes, one.segment_bytes);
      continue;
    }
    EXPECT_EQ(found.error().code, ErrorCode::kInvalidConfig);
    EXPECT_EQ(found.error().field, "data_bytes_max");
    EXPECT_NE(found.error().message.find("needs 167772160 bytes (data_bytes_max)"), std::string::npos)
        << found.error().message;
  }
  EXPECT_TRUE(sink.lines.empty());
}

TEST_F(DiskRoomTest, AFileSystemThatReportsNoSizeIsNoFullDisk) {
  const auto found = room(0, 0);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->bytes_max, UINT64_MAX);
  EXPECT_EQ(sink.lines.size(), 1u);
  const auto asked_for = room(kGiB, 0);
  ASSERT_TRUE(asked_for);
  EXPECT_EQ(asked_for->bytes_max, kGiB);
  EXPECT_EQ(sink.lines.size(), 1u) << "a limit that is set needs no warning";
}

// The segments of a store that was larger before stay as they are.
TEST(SmallDisk, AStoreGoesOnInSmallerSegmentsWhenItsLimitIsLowered) {
  EmbeddedWorld world(64 * kKiB);
  const std::string payload(3000, 'x');
  const ByteView views[] = {payload};
  const auto produce = [&] {
    const StationRef orders{kDefaultAccount, "orders"};
    return world.run(world.broker().append(world.loop, {orders, IfMissing::kCreate, {}, views}));
  };
  for (int i = 0; i < 40; ++i) ASSERT_TRUE(produce());
  for (const std::uint64_t segment_bytes : {16 * kKiB, 64 * kKiB, 32 * kKiB}) {
    world.embedded().maintenance().run_once();
    world.log_options.segment_bytes = segment_bytes;
    world.reopen();
    for (int i = 0; i < 40; ++i) ASSERT_TRUE(produce());
  }
  world.reopen();
  EXPECT_EQ(world.run(world.broker().station(world.loop, {kDefaultAccount, "orders"}))->messages, 160u);
}

}  // namespace
}  // namespace propylon::broker::embedded
