// Damage in stored messages and indexes: what is good around it is handed out, what is wrong is never believed.
#include <gtest/gtest.h>

#include "broker/embedded/embedded_world.h"
#include "log/segment.h"
#include "log/segment_index.h"

namespace propylon::broker::embedded {
namespace {

class DamagedRecordsTest : public testing::Test {
 protected:
  StationRef orders() const { return {kDefaultAccount, "orders"}; }
  void produce(const std::string& payload) {
    const ByteView views[] = {payload};
    AppendRequest request{orders(), IfMissing::kCreate, {}, views};
    const auto appended = world.run(world.broker().append(world.loop, request));
    ASSERT_TRUE(appended) << appended.error().message;
  }
  Result<std::unique_ptr<Fetched>> fetch(std::string_view group, std::uint32_t max) {
    return world.run(world.broker().fetch(world.loop, world.fetch_request(orders(), group, max), cancel));
  }
  // The sequences of a fetch, which are acknowledged.
  std::vector<std::uint64_t> consume(std::string_view group, std::uint32_t max) {
    const auto fetched = fetch(group, max);
    std::vector<std::uint64_t> all;
    EXPECT_TRUE(fetched) << fetched.error().message;
    if (!fetched) return all;
    for (const auto& message : (*fetched)->messages()) {
      all.push_back(message.sequence.value);
      EXPECT_EQ(message.deliveries, 1u);
    }
    EXPECT_TRUE(world.run(world.broker().settle(world.loop, **fetched, Settlement::kAcknowledge)));
    return all;
  }
  std::string path(const std::string& name) const { return "/log/" + name; }
  // Flips a byte of that payload, wherever it is stored.
  void damage(const std::string& payload) {
    const auto names = world.files.list("/log");
    ASSERT_TRUE(names);
    for (const std::string& name : names.value()) {
      if (!name.ends_with(".seg")) continue;
      const auto bytes = log::read_whole_file(world.files, path(name), kGiB).value();
      const auto at = bytes.find(payload);
      if (at == std::string::npos) continue;
      ASSERT_TRUE(world.files.open(path(name)).value()->write_at("?", at));
      return;
    }
    FAIL() << "no such payload";
  }

  EmbeddedWorld world{8 * kKiB};
  Cancellation cancel;
};

std::vector<std::uint64_t> from_to(std::uint64_t first, std::uint64_t last) {
  std::vector<std::uint64_t> all;
  for (auto at = first; at <= last; ++at) all.push_back(at);
  return all;
}

TEST_F(DamagedRecordsTest, WhatIsGoodInFrontOfADamagedMessageIsHandedOut) {
  for (const bool sealed : {false, true}) {
    SCOPED_TRACE(sealed);
    const std::string group = sealed ? "sealed" : "open";
    produce("in front");
    const auto purged = world.run(world.broker().purge(world.loop, orders(), {}));
    ASSERT_TRUE(purged);
    const std::uint64_t before = purged->last.value;
    for (int i = 1; i <= 20; ++i) produce(group + " message " + std::to_string(i) + ".");
    if (sealed) {
      for (int i = 0; i < 9; ++i) produce(std::string(2000, 'x'));
      world.embedded().maintenance().run_once();
    }
    damage(group + " message 15.");
    EXPECT_EQ(consume(group, 10), from_to(before + 1, before + 10));
    EXPECT_EQ(consume(group, 10), from_to(before + 11, before + 14));
    const auto refused = fetch(group, 10);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kCorruptRecord);
    EXPECT_NE(refused.error().message.find("Message " + std::to_string(before + 15) + " of station orders"),
              std::string::npos)
        << refused.error().message;
    const SeekTarget behind{.to = SeekTarget::To::kSequence, .sequence = Sequence{before + 16}, .time = {}};
    ASSERT_TRUE(world.run(world.broker().seek_group(world.loop, orders(), group, behind)));
    EXPECT_EQ(consume(group, 5), from_to(before + 16, before + 20));
  }
}

// Whatever is wrong in an index file: opening finds it and reads the segment instead.
TEST_F(DamagedRecordsTest, AnIndexWithWrongEntriesIsNotBelievedButBuiltAnew) {
  for (int i = 0; i < 40; ++i) produce("message " + std::to_string(i) + std::string(500, '.'));
  world.embedded().maintenance().run_once();
  const std::string index = path(log::index_name(1));
  const std::string good = log::read_whole_file(world.files, index, kGiB).value();
  for (std::size_t at = 96; at < good.size(); ++at) {
    SCOPED_TRACE(at);
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] + 1);
    ASSERT_TRUE(world.files.open(index).value()->write_at(bad, 0));
    world.reopen();
    if (HasFatalFailure()) return;
    std::vector<std::uint64_t> all;
    const auto fetched = fetch("g" + std::to_string(at), 5000);
    ASSERT_TRUE(fetched) << fetched.error().message;
    for (const auto& message : (*fetched)->messages()) all.push_back(message.sequence.value);
    ASSERT_EQ(all, from_to(1, 40));
    world.embedded().maintenance().run_once();
    ASSERT_EQ(log::read_whole_file(world.files, index, kGiB).value(), good) << "built anew";
  }
}

TEST_F(DamagedRecordsTest, AnIndexWhosePageWasZeroedIsNotBelieved) {
  for (int i = 0; i < 40; ++i) produce("message " + std::to_string(i) + std::string(500, '.'));
  world.embedded().maintenance().run_once();
  const std::string index = path(log::index_name(1));
  const std::size_t bytes = log::read_whole_file(world.files, index, kGiB).value().size();
  for (const std::size_t count : {std::size_t{24}, std::size_t{4}, bytes - 144}) {
    ASSERT_TRUE(world.files.open(index).value()->write_at(std::string(count, '\0'), bytes - count));
    world.reopen();
    const auto fetched = fetch("g" + std::to_string(count), 5000);
    ASSERT_TRUE(fetched) << fetched.error().message;
    EXPECT_EQ((*fetched)->messages().size(), 40u);
    world.embedded().maintenance().run_once();
  }
}

}  // namespace
}  // namespace propylon::broker::embedded
