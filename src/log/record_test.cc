#include "log/record.h"

#include <gtest/gtest.h>

#include <cstring>

#include "log/crc32c.h"
#include "log/group_buffer.h"
#include "log/group_scanner.h"
#include "log/little_endian.h"

namespace propylon::log {
namespace {

constexpr SegmentSeed kSeed = 77;
const WallTime kTime{std::chrono::microseconds(1'767'225'600'000'001)};

std::string sealed_message(std::span<const ByteView> payloads, ByteView headers = "head") {
  GroupBuffer group;
  group.stamp(group.add_message({5}, headers, payloads), {10}, kTime);
  group.seal(kSeed, 1, {});
  return std::string(group.bytes().substr(kGroupHeaderBytes));
}

// Makes both checksums right again after a test has changed the record.
void reseal(std::string& record) {
  store<std::uint32_t>(record.data() + 8, crc32c(0, ByteView(record).substr(kRecordHeaderBytes)));
  store<std::uint32_t>(record.data(), crc32c(kSeed, ByteView(record).substr(4, kRecordHeaderBytes - 4)));
}

TEST(Record, GivesBackWhatWasWritten) {
  const ByteView payloads[] = {"one", "", "three"};
  const std::string bytes = sealed_message(payloads) + "what follows is not looked at";
  const auto record = RecordView::decode(bytes, kSeed);
  ASSERT_TRUE(record) << record.error().message;
  EXPECT_EQ(record->kind(), RecordKind::kMessage);
  EXPECT_EQ(record->station(), StationId{5});
  EXPECT_EQ(record->first(), Sequence{10});
  EXPECT_EQ(record->last(), Sequence{12});
  EXPECT_EQ(record->time(), kTime);
  EXPECT_EQ(record->count(), 3u);
  EXPECT_EQ(record->headers(), "head");
  for (std::uint32_t i = 0; i < 3; ++i) EXPECT_EQ(record->payload(i), payloads[i]);
  auto each = record->payloads();
  for (const ByteView payload : payloads) EXPECT_EQ(each.next(), payload);
  EXPECT_EQ(each.next(), std::nullopt);
}

TEST(Record, RefusesEveryTruncationAndEveryFlippedBit) {
  const ByteView payloads[] = {"one", "two"};
  const std::string good = sealed_message(payloads);
  for (std::size_t length = 0; length < good.size(); ++length) {
    EXPECT_FALSE(RecordView::decode(ByteView(good).substr(0, length), kSeed)) << length;
  }
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    std::string bad = good;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << bit % 8));
    EXPECT_FALSE(RecordView::decode(bad, kSeed)) << bit;
  }
  EXPECT_FALSE(RecordView::decode(good, kSeed + 1)) << "another segment's seed";
}

TEST(Record, RefusesLengthsThatContradictEachOtherThoughTheChecksumsAreRight) {
  const ByteView payloads[] = {"one", "two"};
  const std::string good = sealed_message(payloads);
  const struct {
    const char* what;
    std::size_t offset;
    std::uint32_t value;
  } cases[] = {
      {"shorter than its header", 4, 47},
      {"headers longer than the body", 44, 1000},
      {"headers up to the end", 44, 18},
      {"no message", 40, 0},
      {"more lengths than bytes", 40, 0xffffffff},
      {"payload too long", 48 + 4, 4},
      {"payload far too long", 48 + 4, 0xffffffff},
      {"bytes left over", 48 + 4, 2},
      {"unknown flag", 12, 0x00000201},
      {"reserved bits", 12, 0x00010001},
      {"first sequence 0", 24, 0},
  };
  for (const auto& c : cases) {
    std::string bad = good;
    store<std::uint32_t>(bad.data() + c.offset, c.value);
    reseal(bad);
    EXPECT_FALSE(RecordView::decode(bad, kSeed)) << c.what;
  }
  std::string overflow = good;
  store<std::uint64_t>(overflow.data() + 24, UINT64_MAX);
  reseal(overflow);
  EXPECT_FALSE(RecordView::decode(overflow, kSeed)) << "sequences that wrap around";
}

TEST(Record, KeepsUnknownKindsReadableForWhoMaySkipThem) {
  GroupBuffer group;
  group.add(static_cast<RecordKind>(200), {1}, "new", SpaceClaim::kServes, {.flags = kSkippable});
  group.seal(kSeed, 1, {});
  const auto record = RecordView::decode(group.bytes().substr(kGroupHeaderBytes), kSeed);
  ASSERT_TRUE(record);
  EXPECT_FALSE(is_known(record->kind()));
  EXPECT_TRUE(record->header().skippable());
  EXPECT_EQ(record->body(), "new");
}

TEST(GroupBuffer, DropTakesARecordOutAndKeepsTheOthersIndexes) {
  GroupBuffer group;
  const ByteView one[] = {"one"};
  const ByteView three[] = {"three"};
  const auto first = group.add_message({1}, "", one);
  const auto second = group.add(RecordKind::kAcked, {2}, "two");
  const auto third = group.add_message({3}, "", three);
  const auto before = group.bytes_used();
  group.drop(first);
  group.stamp(second, {2}, kTime);
  group.stamp(third, {3}, kTime);
  EXPECT_EQ(group.records(), 2u);
  EXPECT_EQ(group.bytes_used(), before - GroupBuffer::message_bytes("", one));
  group.seal(kSeed, 9, {.segment = 1, .offset = 64});
  ScannedGroup scanned;
  ASSERT_TRUE(decode_group(group.bytes(), 1000, kSeed, scanned));
  EXPECT_EQ(scanned.header.group_number, 9u);
  EXPECT_EQ(scanned.header.durable, (Position{.segment = 1, .offset = 64}));
  ASSERT_EQ(scanned.records.size(), 2u);
  EXPECT_EQ(scanned.records[0].record.body(), "two");
  EXPECT_EQ(scanned.records[0].offset, 1000 + group.offset(second));
  EXPECT_EQ(scanned.records[1].record.payload(0), "three");
  EXPECT_EQ(scanned.records[1].offset, 1000 + group.offset(third));
  EXPECT_EQ(group.claim(), SpaceClaim::kStores);
  group.drop(third);
  EXPECT_EQ(group.claim(), SpaceClaim::kServes);
  group.drop(second);
  EXPECT_TRUE(group.empty());
}

TEST(GroupBuffer, IsEmptyAfterClearAndUsableAgainAlsoAfterAGiant) {
  GroupBuffer group;
  const std::string giant(4 * kMiB, 'x');
  const ByteView payloads[] = {giant};
  group.add_message({1}, "", payloads);
  group.clear();
  EXPECT_TRUE(group.empty());
  EXPECT_EQ(group.bytes_used(), kGroupHeaderBytes);
  EXPECT_EQ(group.claim(), SpaceClaim::kFrees);
  group.add(RecordKind::kFloor, {1}, "x");
  group.seal(kSeed, 1, {});
  ScannedGroup scanned;
  EXPECT_TRUE(decode_group(group.bytes(), 0, kSeed, scanned));
}

TEST(Group, RefusesEveryTruncationAndEveryFlippedBit) {
  GroupBuffer group;
  const ByteView payloads[] = {"one", "two"};
  group.stamp(group.add_message({5}, "h", payloads), {1}, kTime);
  group.add(RecordKind::kFloor, {5}, "f");
  group.seal(kSeed, 3, {});
  const std::string good(group.bytes());
  ScannedGroup scanned;
  for (std::size_t length = 0; length < good.size(); ++length) {
    EXPECT_FALSE(decode_group(ByteView(good).substr(0, length), 0, kSeed, scanned)) << length;
  }
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    std::string bad = good;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << bit % 8));
    EXPECT_FALSE(decode_group(bad, 0, kSeed, scanned)) << bit;
  }
}

}  // namespace
}  // namespace propylon::log
