#include "log/recovery.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "log/fault_file_layer.h"
#include "log/little_endian.h"
#include "log/log_fixture.h"
#include "log/memory_file_layer.h"

namespace propylon::log {
namespace {

using Files = std::map<std::string, std::string>;

Files copy_out(MemoryFileLayer& layer) {
  Files files;
  const auto names = layer.list(kTestDirectory).value();
  for (const auto& name : names) {
    files[name] = read_whole_file(layer, kTestDirectory + "/" + name, kGiB).value();
  }
  return files;
}

void copy_in(const Files& files, FileLayer& layer) {
  for (const auto& [name, bytes] : files) {
    auto file = layer.create(kTestDirectory + "/" + name).value();
    ASSERT_TRUE(file->write_at(bytes, 0) && file->sync());
  }
  ASSERT_TRUE(layer.sync_directory(kTestDirectory));
}

// A group as the log gave its place back.
struct Group {
  Written at;
  Position durable;  // that its header names
  std::vector<std::pair<Position, Remembered>> records;
};

// A log of five groups in one segment of 1 KiB of use; synced after the second, so groups four and five know it.
struct SmallLog {
  SmallLog() {
    fixture.options.segment_bytes = 4 * kKiB;
    EXPECT_TRUE(fixture.open());
    for (std::uint64_t i = 1; i <= 5; ++i) {
      Group group{.at = {}, .durable = fixture.log->durable(), .records = {}};
      const std::vector<Remembered> records{
          LogFixture::message(i, i, {"payload", std::to_string(i)}, "h"),
          {.kind = RecordKind::kAcked, .station = i, .headers = {}, .payloads = {"body"}}};
      group.at = fixture.write(records).value();
      for (std::size_t r = 0; r < records.size(); ++r) {
        group.records.emplace_back(Position{1, group.at.start.offset + fixture.offsets[r]}, records[r]);
      }
      groups.push_back(std::move(group));
      if (i == 2) {
        EXPECT_TRUE(fixture.log->sync());
      }
    }
    end = fixture.log->end();
    fixture.log.reset();
    files = copy_out(memory);
  }

  std::vector<std::pair<Position, Remembered>> first_groups(std::size_t count) const {
    std::vector<std::pair<Position, Remembered>> records;
    for (std::size_t i = 0; i < count; ++i) {
      records.insert(records.end(), groups[i].records.begin(), groups[i].records.end());
    }
    return records;
  }

  MemoryFileLayer memory;
  LogFixture fixture{memory};
  std::vector<Group> groups;
  Position end;
  Files files;
};

const std::string kFirstSegment = "000000000001.seg";

// Opens a log over the given files.
struct Reopened {
  explicit Reopened(const Files& files, std::string boot_id = "boot-1") {
    copy_in(files, memory);
    fixture.options.segment_bytes = 4 * kKiB;
    fixture.options.boot_id = std::move(boot_id);
    opened = fixture.open();
  }
  MemoryFileLayer memory;
  LogFixture fixture{memory};
  Result<void> opened;
};

TEST(Recovery, KeepsTheWholeGroupsOfALogCutOffAtAnyByte) {
  const SmallLog small;
  for (std::size_t length = 0; length <= small.end.offset; ++length) {
    Files files = small.files;
    files[kFirstSegment].resize(length);
    Reopened reopened(files);
    if (length < kSegmentHeaderBytes) {  // a header is durable before its segment is used
      ASSERT_FALSE(reopened.opened) << length;
      continue;
    }
    ASSERT_TRUE(reopened.opened) << length << reopened.opened.error().message;
    const auto whole = static_cast<std::size_t>(
        std::ranges::count_if(small.groups, [&](const Group& group) { return group.at.end.offset <= length; }));
    ASSERT_EQ(reopened.fixture.replay.records, small.first_groups(whole)) << length;
    const std::size_t good = std::max<std::size_t>(
        whole == 0 ? kSegmentHeaderBytes : small.groups[whole - 1].at.end.offset, kSegmentHeaderBytes);
    const auto& recovery = reopened.fixture.log->recovery();
    ASSERT_EQ(recovery.tail_damaged, length > good) << length;
    // Zeros at the end cannot be told from space that was never used.
    const std::size_t used = files[kFirstSegment].find_last_not_of('\0') + 1;
    ASSERT_EQ(recovery.bytes_cut, used > good ? used - good : 0) << length;
    ASSERT_EQ(reopened.fixture.replay.gap, recovery.sequence_gap);
    if (length > good) {
      ASSERT_GT(recovery.sequence_gap, recovery.bytes_cut / 4);
    }
    ASSERT_TRUE(reopened.fixture.write({LogFixture::message(9, 9, {"more"})}));
    ASSERT_TRUE(reopened.fixture.open());
    ASSERT_FALSE(reopened.fixture.log->recovery().tail_damaged);
    ASSERT_EQ(reopened.fixture.replay.records.size(), whole * 2 + 1);
  }
}

TEST(Recovery, CutsOrRefusesAFlippedBitAtAnyByteAndNeverGivesGarbage) {
  const SmallLog small;
  for (std::size_t at = 0; at < small.end.offset + 100; ++at) {
    Files files = small.files;
    files[kFirstSegment][at] = static_cast<char>(files[kFirstSegment][at] ^ (1 << at % 8));
    Reopened reopened(files);
    // The group that was hit; what a later, whole group says of it decides.
    const auto hit = std::ranges::find_if(small.groups, [&](const Group& group) { return group.at.end.offset > at; });
    const bool in_header = at < kSegmentHeaderBytes;
    const bool known_durable = std::any_of(hit == small.groups.end() ? hit : hit + 1, small.groups.end(),
                                           [&](const Group& later) { return later.durable > hit->at.start; });
    if (in_header || known_durable) {
      ASSERT_FALSE(reopened.opened) << at;
      ASSERT_EQ(reopened.opened.error().code, ErrorCode::kDamaged) << at;
      ASSERT_EQ(copy_out(reopened.memory), files) << "a refusal changes nothing";
      continue;
    }
    ASSERT_TRUE(reopened.opened) << at << reopened.opened.error().message;
    ASSERT_EQ(reopened.fixture.replay.records,
              small.first_groups(static_cast<std::size_t>(hit - small.groups.begin())));
    ASSERT_TRUE(reopened.fixture.log->recovery().tail_damaged) << at;
    const auto lost_groups = static_cast<std::size_t>(small.groups.end() - hit);
    ASSERT_EQ(reopened.fixture.log->recovery().groups_cut, lost_groups == 0 ? 0 : lost_groups - 1);
  }
}

TEST(Recovery, RefusesALogCutOffBelowItsCheckpoint) {
  SmallLog small;
  ASSERT_TRUE(small.fixture.open());
  ASSERT_TRUE(small.fixture.log->write_checkpoint("blob", {1, kSegmentHeaderBytes}, small.groups[2].at.end));
  small.fixture.log.reset();
  const Files good = copy_out(small.memory);
  for (std::size_t length = kSegmentHeaderBytes; length <= small.end.offset; ++length) {
    Files files = good;
    files[kFirstSegment].resize(length);
    Reopened reopened(files);
    ASSERT_EQ(reopened.opened.has_value(), length >= small.groups[2].at.end.offset) << length;
  }
  Files files = good;
  files.erase(kFirstSegment);
  EXPECT_EQ(Reopened(files).opened.error().code, ErrorCode::kDamaged);
}

TEST(Recovery, SurvivesAFlippedBitAtAnyByteOfAnyFile) {
  MemoryFileLayer memory;
  LogFixture fixture(memory);
  fixture.options.segment_bytes = 4 * kKiB;
  ASSERT_TRUE(fixture.open());
  std::vector<std::pair<Position, Remembered>> all;
  for (std::uint64_t i = 1; fixture.log->end().segment < 3; ++i) {
    const auto record = LogFixture::message(1 + i % 2, i, {std::string(600, 'x')});
    const auto written = fixture.write({record}).value();
    all.emplace_back(Position{written.start.segment, written.start.offset + fixture.offsets[0]}, record);
  }
  ASSERT_TRUE(fixture.maintain());
  for (const char* blob : {"one", "two"}) {
    ASSERT_TRUE(fixture.log->write_checkpoint(blob, fixture.log->end(), fixture.log->end()));
  }
  fixture.log.reset();
  const Files good = copy_out(memory);
  for (const auto& [name, bytes] : good) {
    const std::size_t step = bytes.size() > 1000 ? 7 : 1;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
      Files files = good;
      files[name][at] = static_cast<char>(files[name][at] ^ (1 << at % 8));
      Reopened reopened(files);
      if (!reopened.opened) {
        ASSERT_EQ(reopened.opened.error().code, ErrorCode::kDamaged) << name << " " << at;
        continue;
      }
      for (const auto& [position, record] : reopened.fixture.replay.records) {
        ASSERT_TRUE(std::ranges::find(all, std::pair(position, record)) != all.end()) << name << " " << at;
      }
      for (const auto& [segment, table] : reopened.fixture.replay.tables) ASSERT_EQ(table.size(), 2u);
    }
  }
}

TEST(Recovery, RefusesAnotherStoresFilesAndRenamedAndMissingSegments) {
  MemoryFileLayer memory;
  LogFixture fixture(memory);
  ASSERT_TRUE(fixture.open());
  for (std::uint64_t i = 1; fixture.log->end().segment < 4; ++i) {
    ASSERT_TRUE(fixture.write({LogFixture::message(1, i, {std::string(900, 'x')})}));
  }
  fixture.log.reset();
  const Files good = copy_out(memory);

  const auto refusal = [](const Files& files, StoreUuid store = kTestStore) -> std::string {
    MemoryFileLayer layer;
    copy_in(files, layer);
    LogFixture other(layer);
    other.store = store;
    const auto opened = other.open();
    return opened || opened.error().code != ErrorCode::kDamaged ? "" : opened.error().message;
  };
  EXPECT_EQ(refusal(good), "");
  EXPECT_NE(refusal(good, {9}).find("another store"), std::string::npos);
  for (const char* missing : {"000000000001.seg", "000000000002.seg", "000000000003.seg"}) {
    Files files = good;
    files.erase(missing);
    EXPECT_NE(refusal(files).find(missing), std::string::npos) << missing;
  }
  Files files = good;
  std::swap(files["000000000001.seg"], files["000000000002.seg"]);
  EXPECT_NE(refusal(files).find("another segment's"), std::string::npos);
}

TEST(Recovery, RefusesAnUnknownRecordUnlessItMayBeSkipped) {
  for (const std::uint8_t flags : {std::uint8_t{0}, kSkippable}) {
    MemoryFileLayer memory;
    LogFixture fixture(memory);
    ASSERT_TRUE(fixture.open());
    GroupBuffer group;
    group.add(static_cast<RecordKind>(77), {1}, "from the future", SpaceClaim::kServes, {.flags = flags});
    group.add(RecordKind::kFloor, {1}, "known");
    {
      const std::lock_guard lock(fixture.log->commit_mutex());
      ASSERT_TRUE(fixture.log->write(group));
    }
    const auto opened = fixture.open();
    ASSERT_EQ(opened.has_value(), flags == kSkippable);
    if (opened) {
      ASSERT_EQ(fixture.replay.records.size(), 1u);
      EXPECT_EQ(fixture.replay.records[0].second.kind, RecordKind::kFloor);
    } else {
      EXPECT_EQ(opened.error().code, ErrorCode::kDamaged);
    }
  }
}

// Power was cut before anything was synced: of a segment the disk kept nothing, of the one behind it everything.
TEST(Recovery, TakesNothingBehindASegmentThatWasLostAsAWhole) {
  for (const std::uint64_t lost : {1u, 2u}) {
    MemoryFileLayer memory;
    LogFixture fixture(memory);
    fixture.options.segment_bytes = 4 * kKiB;
    ASSERT_TRUE(fixture.open());
    std::uint64_t next = 1;
    std::uint64_t before = 0;  // messages in front of the lost segment
    while (fixture.log->end().segment < 4) {
      const auto written = fixture.write({LogFixture::message(1, next++, {std::string(900, 'x')})});
      ASSERT_TRUE(written);
      if (written->start.segment < lost) ++before;
    }
    fixture.log.reset();
    {
      auto file = memory.open(kTestDirectory + "/" + segment_name(lost)).value();
      const std::string zeros(fixture.options.segment_bytes - kSegmentHeaderBytes, '\0');
      ASSERT_TRUE(file->write_at(zeros, kSegmentHeaderBytes));
    }
    fixture.options.boot_id = "boot-2";
    ASSERT_TRUE(fixture.open());
    EXPECT_EQ(fixture.replay.records.size(), before) << "segment " << lost;
    EXPECT_TRUE(fixture.log->recovery().tail_damaged);
    EXPECT_GE(fixture.replay.gap, next - before) << "no number is used again";
    EXPECT_TRUE(fixture.write({LogFixture::message(1, 1'000'000'000, {"more"})}));
  }
}

TEST(Recovery, RemovesALastSegmentWithoutAHeader) {
  const SmallLog small;
  for (const std::string& bytes : {std::string(), std::string(4096, '\0'), std::string("PPLSEG")}) {
    Files files = small.files;
    files["000000000002.seg"] = bytes;
    Reopened reopened(files);
    ASSERT_TRUE(reopened.opened) << reopened.opened.error().message;
    EXPECT_EQ(reopened.fixture.replay.records.size(), 10u);
    EXPECT_FALSE(reopened.memory.open(kTestDirectory + "/000000000002.seg"));
  }
}

TEST(Recovery, IsNotFooledByAGroupInsideAPayload) {
  const SmallLog small;
  MemoryFileLayer memory;
  LogFixture fixture(memory);
  fixture.options.segment_bytes = 4 * kKiB;
  fixture.store = {42};  // the client's guess is another store's
  ASSERT_TRUE(fixture.open());
  const std::string forged =
      small.files.at(kFirstSegment).substr(kSegmentHeaderBytes, small.end.offset - kSegmentHeaderBytes);
  ASSERT_TRUE(fixture.write({LogFixture::message(1, 1, {"kept"})}));
  const auto hit = fixture.write({LogFixture::message(1, 2, {forged})}).value();
  fixture.log.reset();
  auto file = memory.open(kTestDirectory + "/" + kFirstSegment).value();
  ASSERT_TRUE(file->write_at("????", hit.start.offset));
  ASSERT_TRUE(fixture.open());
  EXPECT_EQ(fixture.log->recovery().groups_cut, 0u);
  ASSERT_EQ(fixture.replay.records.size(), 1u);
}

// The making of a segment, stopped by a kill at each of its calls. The next one is made behind it, which makes its name
// durable; then the power cut takes what was not synced.
TEST(Recovery, ASegmentThatAKillLeftHalfMadeSurvivesAPowerCut) {
  for (std::uint64_t stop = 0; stop < 12; ++stop) {
    SCOPED_TRACE("stopped at call " + std::to_string(stop));
    MemoryFileLayer memory;
    FaultFileLayer faults(memory);
    LogFixture fixture(faults);
    ASSERT_TRUE(fixture.open());
    faults.plan(FaultKind::kStop, FaultCalls::kAll, stop);
    (void)fixture.maintain();
    fixture.log.reset();
    faults.heal();
    ASSERT_TRUE(fixture.open());
    ASSERT_TRUE(fixture.maintain());
    ASSERT_TRUE(fixture.write({LogFixture::message(1, 1, {"acknowledged"})}));
    ASSERT_TRUE(fixture.log->sync());
    fixture.log.reset();
    memory.crash([] { return false; });
    fixture.options.boot_id = "boot-2";
    const auto opened = fixture.open();
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_EQ(fixture.replay.records.size(), 1u);
  }
}

// The same with every pattern of what a power cut may keep of names and bytes.
TEST(Recovery, ASegmentThatAKillLeftHalfMadeSurvivesWhateverAPowerCutKeeps) {
  std::mt19937_64 random(11);
  for (int life = 0; life < 400; ++life) {
    SCOPED_TRACE("life " + std::to_string(life));
    MemoryFileLayer memory;
    FaultFileLayer faults(memory);
    LogFixture fixture(faults);
    ASSERT_TRUE(fixture.open());
    faults.plan(FaultKind::kStop, FaultCalls::kAll, random() % 12);
    (void)fixture.maintain();
    fixture.log.reset();
    faults.heal();
    ASSERT_TRUE(fixture.open());
    ASSERT_TRUE(fixture.maintain());
    fixture.log.reset();
    memory.crash([&] { return random() % 2 == 0; });
    fixture.options.boot_id = "boot-2";
    const auto opened = fixture.open();
    ASSERT_TRUE(opened) << opened.error().message;
  }
}

// As stores of earlier versions may have it: the first of two prepared segments lost its header to a power cut.
TEST(Recovery, RemovesASegmentWithoutAHeaderAndTheEmptyOnesBehindIt) {
  for (const std::string& bytes : {std::string(), std::string(4096, '\0')}) {
    MemoryFileLayer memory;
    LogFixture fixture(memory);
    ASSERT_TRUE(fixture.open());
    ASSERT_TRUE(fixture.maintain());
    ASSERT_TRUE(fixture.write({LogFixture::message(1, 1, {"kept"})}));
    ASSERT_TRUE(fixture.log->close());
    fixture.log.reset();
    ASSERT_EQ(copy_out(memory).count("000000000003.seg"), 1u);
    ASSERT_TRUE(memory.unlink(kTestDirectory + "/000000000002.seg"));
    ASSERT_TRUE(memory.create(kTestDirectory + "/000000000002.seg").value()->write_at(bytes, 0));
    const auto opened = fixture.open();
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_EQ(fixture.replay.records.size(), 1u);
    EXPECT_EQ(fixture.log->segments().size(), 1u);
    ASSERT_TRUE(fixture.maintain());
    ASSERT_TRUE(fixture.write({LogFixture::message(1, 2, {"more"})}));
  }
}

TEST(Recovery, RefusesASegmentWithoutAHeaderInFrontOfOneWithRecords) {
  MemoryFileLayer memory;
  LogFixture fixture(memory);
  ASSERT_TRUE(fixture.open());
  std::uint64_t written = 0;
  while (fixture.log->end().segment < 3) {
    ASSERT_TRUE(fixture.write({LogFixture::message(1, ++written, {std::string(900, 'x')})}));
  }
  fixture.log.reset();
  ASSERT_TRUE(memory.unlink(kTestDirectory + "/000000000002.seg"));
  ASSERT_TRUE(memory.create(kTestDirectory + "/000000000002.seg"));
  const auto opened = fixture.open();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kDamaged);
}

}  // namespace
}  // namespace propylon::log
