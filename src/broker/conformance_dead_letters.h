// Claims about dead letters: what is kept of them, in which order, for how long, and what takes them away.
#pragma once
#include <algorithm>

#include "broker/conformance_fixture.h"

namespace propylon::broker {

class DeadLetterConformance : public BrokerConformance {
 protected:
  // As they are given; equal but for id and time.
  struct Refused {
    std::string payload;
    std::string error = "It does not fit.";
    std::string details_json = "[]";
  };

  Result<void> bury_given(const std::vector<Refused>& letters, const std::string& headers = {},
                          std::string_view station = "orders") {
    std::vector<RefusedMessage> views;
    for (const Refused& letter : letters) views.push_back({letter.payload, letter.error, letter.details_json});
    return world_->run(
        world_->broker().add_dead_letters(world_->loop, ref(station), DeadLetterReason::kSchema, headers, views));
  }
  Result<void> bury(const Strings& payloads, std::string_view station = "orders") {
    std::vector<Refused> letters;
    for (const auto& payload : payloads) letters.push_back({.payload = payload});
    return bury_given(letters, {}, station);
  }
  Result<Page<DeadLetter>> page(const DeadLetterPageRequest& request, std::string_view station = "orders") {
    return world_->run(world_->broker().dead_letters(world_->loop, ref(station), request));
  }
  // All that there are. Checks that the station counts them.
  std::vector<DeadLetter> letters(std::string_view station = "orders") {
    auto all = page({.limit = kFetchMessagesMax}, station);
    EXPECT_TRUE(all.has_value()) << all.error().message;
    if (!all) return {};
    EXPECT_FALSE(all->more);
    EXPECT_EQ(info(station).dead_letters, all->items.size());
    return std::move(all->items);
  }
  Strings kept(std::string_view station = "orders") {
    Strings payloads;
    for (auto& letter : letters(station)) payloads.push_back(letter.payload);
    return payloads;
  }
  Result<void> dig_up(Sequence id, std::string_view station = "orders") {
    return world_->run(world_->broker().remove_dead_letter(world_->loop, ref(station), id));
  }
  Result<StationPut> keep_letters(std::uint64_t retention_sec, std::uint64_t messages) {
    SettingsChange change;
    change.dead_letters.retention_sec = retention_sec;
    change.dead_letters.messages = messages;
    return put(change);
  }
};

TEST_P(DeadLetterConformance, EverythingThatWasGivenIsKeptOldestFirst) {
  ASSERT_TRUE(put({}).has_value());
  std::string binary;
  for (int i = 0; i < 256; ++i) binary.push_back(static_cast<char>(i));
  const std::string headers(
      "\x01\x00\x02\x00\x00\x00"
      "Axy",
      9);
  const auto first_time = std::chrono::floor<std::chrono::milliseconds>(world_->clock.wall());
  const std::vector<Refused> given{{binary, "first", R"([{"at":"/a"}])"}, {"", "", ""}, {"{}", "third", "[]"}};
  ASSERT_TRUE(bury_given(given, headers).has_value());
  world_->clock.advance(std::chrono::seconds(5));
  ASSERT_TRUE(bury_given({{"later", "fourth", "[1]"}}).has_value());
  const auto all = letters();
  ASSERT_EQ(all.size(), 4u);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(all[i].reason, DeadLetterReason::kSchema);
    EXPECT_EQ(all[i].payload, given[i].payload);
    EXPECT_EQ(all[i].error, given[i].error);
    EXPECT_EQ(all[i].details_json, given[i].details_json);
    EXPECT_EQ(all[i].headers, headers);
    EXPECT_EQ(std::chrono::floor<std::chrono::milliseconds>(all[i].at), first_time);
    EXPECT_LT(all[i].id, all[i + 1].id);
  }
  EXPECT_EQ(all[3].payload, "later");
  EXPECT_EQ(all[3].headers, "");
  EXPECT_EQ(std::chrono::floor<std::chrono::milliseconds>(all[3].at), first_time + std::chrono::seconds(5));
}

TEST_P(DeadLetterConformance, TheyAreNoMessagesOfTheStation) {
  ASSERT_TRUE(produce({"a"}).has_value());
  const auto before = info();
  ASSERT_TRUE(bury(Strings{"x", "y"}).has_value());
  auto after = info();
  EXPECT_EQ(after.dead_letters, 2u);
  EXPECT_EQ(after.messages, before.messages);
  EXPECT_EQ(after.bytes, before.bytes);
  EXPECT_EQ(after.last, before.last);
  EXPECT_EQ(after.revision, before.revision);
  EXPECT_EQ(readable(), Strings{"a"});
  EXPECT_EQ(produce({"b"})->first, Sequence{2});
  const auto listed = world_->run(world_->broker().stations(world_->loop, kDefaultAccount, {}));
  ASSERT_EQ(listed->items.size(), 1u);
  EXPECT_EQ(listed->items[0].dead_letters, 2u);
}

TEST_P(DeadLetterConformance, EachStationHasItsOwn) {
  ASSERT_TRUE(put({}).has_value());
  ASSERT_TRUE(put({}, "other").has_value());
  ASSERT_TRUE(put({}, "none").has_value());
  ASSERT_TRUE(bury(Strings{"a"}).has_value());
  ASSERT_TRUE(bury(Strings{"b", "c"}, "other").has_value());
  EXPECT_EQ(kept(), Strings{"a"});
  EXPECT_EQ(kept("other"), (Strings{"b", "c"}));
  EXPECT_EQ(kept("none"), Strings{});
  ASSERT_TRUE(dig_up(letters()[0].id).has_value());
  EXPECT_EQ(kept(), Strings{});
  EXPECT_EQ(kept("other"), (Strings{"b", "c"}));
}

TEST_P(DeadLetterConformance, AMissingStationHasNoneAndGetsNone) {
  EXPECT_EQ(code_of(bury(Strings{"a"})), ErrorCode::kStationNotFound);
  EXPECT_EQ(code_of(page({})), ErrorCode::kStationNotFound);
  EXPECT_EQ(code_of(dig_up(Sequence{1})), ErrorCode::kStationNotFound);
  EXPECT_EQ(code_of(find_station()), ErrorCode::kStationNotFound);
}

TEST_P(DeadLetterConformance, PagesGoOnBehindAnId) {
  ASSERT_TRUE(put({}).has_value());
  ASSERT_TRUE(bury(Strings{"a", "b", "c"}).has_value());
  ASSERT_TRUE(bury(Strings{"d", "e"}).has_value());
  Strings seen;
  DeadLetterPageRequest request{.limit = 2};
  for (const bool more : {true, true, false}) {
    const auto part = page(request);
    ASSERT_TRUE(part.has_value()) << part.error().message;
    EXPECT_EQ(part->more, more);
    ASSERT_FALSE(part->items.empty());
    for (const auto& letter : part->items) seen.push_back(letter.payload);
    request.after = part->items.back().id;
  }
  EXPECT_EQ(seen, (Strings{"a", "b", "c", "d", "e"}));
  const auto behind = page(request);
  ASSERT_TRUE(behind.has_value());
  EXPECT_TRUE(behind->items.empty());
  EXPECT_FALSE(behind->more);
}

TEST_P(DeadLetterConformance, APageHoldsSoManyBytesButAlwaysOneLetter) {
  ASSERT_TRUE(put({}).has_value());
  const std::string large(1'000, 'x');
  ASSERT_TRUE(bury(Strings{large, large, large}).has_value());
  const auto one = page({.max_bytes = 10});
  ASSERT_TRUE(one.has_value()) << one.error().message;
  EXPECT_EQ(one->items.size(), 1u);
  EXPECT_TRUE(one->more);
  const auto two = page({.max_bytes = 2'500});
  EXPECT_EQ(two->items.size(), 2u);
  EXPECT_TRUE(two->more);
  const auto rest = page({.after = two->items.back().id, .max_bytes = 2'500});
  EXPECT_EQ(rest->items.size(), 1u);
  EXPECT_FALSE(rest->more);
}

TEST_P(DeadLetterConformance, OneIsRemovedOnceAndTheOthersStay) {
  ASSERT_TRUE(put({}).has_value());
  EXPECT_EQ(code_of(dig_up(Sequence{1})), ErrorCode::kDeadLetterNotFound);
  ASSERT_TRUE(bury(Strings{"a", "b", "c", "d"}).has_value());
  const auto all = letters();
  ASSERT_TRUE(dig_up(all[2].id).has_value());
  EXPECT_EQ(kept(), (Strings{"a", "b", "d"}));
  EXPECT_EQ(code_of(dig_up(all[2].id)), ErrorCode::kDeadLetterNotFound);
  for (const Sequence nothing : {Sequence{0}, Sequence{all[3].id.value + 1}, Sequence{UINT64_MAX}}) {
    EXPECT_EQ(code_of(dig_up(nothing)), ErrorCode::kDeadLetterNotFound) << nothing.value;
  }
  ASSERT_TRUE(dig_up(all[0].id).has_value());
  EXPECT_EQ(kept(), (Strings{"b", "d"}));
  const auto part = page({.after = all[0].id, .limit = 1});
  EXPECT_EQ(part->items[0].id, all[1].id);
  EXPECT_TRUE(part->more);
  EXPECT_FALSE(page({.after = all[1].id, .limit = 1})->more);
  ASSERT_TRUE(dig_up(all[3].id).has_value());
  EXPECT_EQ(kept(), Strings{"b"});
  ASSERT_TRUE(dig_up(all[1].id).has_value());
  EXPECT_EQ(kept(), Strings{});
  ASSERT_TRUE(bury(Strings{"e"}).has_value());
  EXPECT_GT(letters()[0].id, all[3].id) << "an id is never used again";
}

TEST_P(DeadLetterConformance, OfTwoRemovalsAtOnceOneFindsNothing) {
  ASSERT_TRUE(put({}).has_value());
  ASSERT_TRUE(bury(Strings{"a", "b"}).has_value());
  const Sequence id = letters()[0].id;
  std::vector<std::optional<Result<void>>> results(4);
  for (std::size_t i = 0; i < results.size(); ++i) {
    Loop& loop = i % 2 ? static_cast<Loop&>(world_->other_loop) : world_->loop;
    spawn([](Broker& broker, Loop& on, Sequence which, std::optional<Result<void>>& to) -> Task<void> {
      const StationRef station{kDefaultAccount, "orders"};
      to.emplace(co_await broker.remove_dead_letter(on, station, which));
    }(world_->broker(), loop, id, results[i]));
  }
  ASSERT_TRUE(
      world_->turn_until([&] { return std::ranges::all_of(results, [](const auto& r) { return r.has_value(); }); }));
  EXPECT_EQ(std::ranges::count_if(results, [](const auto& r) { return r->has_value(); }), 1);
  EXPECT_EQ(std::ranges::count(results, ErrorCode::kDeadLetterNotFound,
                               [](const auto& r) { return code_of(*r).value_or(ErrorCode::kInternal); }),
            3);
  EXPECT_EQ(kept(), Strings{"b"});
}

TEST_P(DeadLetterConformance, ParallelFirstOnesAreAllKept) {
  ASSERT_TRUE(put({}).has_value());
  std::vector<std::optional<Result<void>>> results(8);
  for (std::size_t i = 0; i < results.size(); ++i) {
    Loop& loop = i % 2 ? static_cast<Loop&>(world_->other_loop) : world_->loop;
    spawn([](Broker& broker, Loop& on, std::optional<Result<void>>& to) -> Task<void> {
      const StationRef station{kDefaultAccount, "orders"};
      const RefusedMessage message{"x", "no", "[]"};
      to.emplace(co_await broker.add_dead_letters(on, station, DeadLetterReason::kSchema, {}, {&message, 1}));
    }(world_->broker(), loop, results[i]));
  }
  ASSERT_TRUE(
      world_->turn_until([&] { return std::ranges::all_of(results, [](const auto& r) { return r.has_value(); }); }));
  for (const auto& result : results) EXPECT_TRUE(result->has_value()) << result->error().message;
  EXPECT_EQ(kept().size(), 8u);
}

TEST_P(DeadLetterConformance, TheyGoWithAge) {
  ASSERT_TRUE(keep_letters(100, 1'000).has_value());
  ASSERT_TRUE(bury(Strings{"a"}).has_value());
  world_->clock.advance(std::chrono::seconds(60));
  ASSERT_TRUE(bury(Strings{"b"}).has_value());
  const auto both = letters();
  ASSERT_EQ(both.size(), 2u);
  world_->clock.advance(std::chrono::seconds(41));
  EXPECT_EQ(kept(), Strings{"b"});
  EXPECT_EQ(code_of(dig_up(both[0].id)), ErrorCode::kDeadLetterNotFound);
  world_->clock.advance(std::chrono::seconds(60));
  EXPECT_EQ(kept(), Strings{});
}

TEST_P(DeadLetterConformance, AnAgeOfZeroKeepsThemForEver) {
  ASSERT_TRUE(keep_letters(0, 1'000).has_value());
  ASSERT_TRUE(bury(Strings{"a"}).has_value());
  world_->clock.advance(std::chrono::hours(24 * 366 * 10));
  EXPECT_EQ(kept(), Strings{"a"});
}

TEST_P(DeadLetterConformance, TheNewestStayWhenTheirNumberIsLimited) {
  ASSERT_TRUE(keep_letters(0, 3).has_value());
  ASSERT_TRUE(bury(Strings{"a", "b", "c", "d", "e"}).has_value());
  EXPECT_EQ(kept(), (Strings{"c", "d", "e"}));
  ASSERT_TRUE(bury(Strings{"f"}).has_value());
  EXPECT_EQ(kept(), (Strings{"d", "e", "f"}));
  ASSERT_TRUE(keep_letters(0, 0).has_value());
  EXPECT_EQ(kept(), Strings{});
  ASSERT_TRUE(bury(Strings{"g"}).has_value());
  EXPECT_EQ(kept(), Strings{});
}

TEST_P(DeadLetterConformance, AShorterRetentionActsAtOnceAndALongerOneBringsNothingBack) {
  ASSERT_TRUE(keep_letters(0, 1'000).has_value());
  ASSERT_TRUE(bury(Strings{"a", "b", "c"}).has_value());
  ASSERT_TRUE(keep_letters(0, 2).has_value());
  EXPECT_EQ(kept(), (Strings{"b", "c"}));
  ASSERT_TRUE(keep_letters(0, 1'000).has_value());
  EXPECT_EQ(kept(), (Strings{"b", "c"}));
  world_->reopen();
  EXPECT_EQ(kept(), (Strings{"b", "c"}));
  world_->clock.advance(std::chrono::seconds(100));
  ASSERT_TRUE(bury(Strings{"d"}).has_value());
  ASSERT_TRUE(keep_letters(50, 1'000).has_value());
  EXPECT_EQ(kept(), Strings{"d"});
  ASSERT_TRUE(keep_letters(0, 1'000).has_value());
  world_->reopen();
  EXPECT_EQ(kept(), Strings{"d"});
}

TEST_P(DeadLetterConformance, OtherSettingsOfTheStationLeaveThemAlone) {
  ASSERT_TRUE(keep_letters(0, 1'000).has_value());
  ASSERT_TRUE(produce({"m"}).has_value());
  ASSERT_TRUE(bury(Strings{"a", "b"}).has_value());
  ASSERT_TRUE(keep(RetentionType::kMessages, 0).has_value());
  SettingsChange change;
  change.dead_letters.schema = false;
  change.max_message_bytes = 1;
  ASSERT_TRUE(put(change).has_value());
  EXPECT_EQ(info().messages, 0u);
  EXPECT_EQ(kept(), (Strings{"a", "b"}));
  ASSERT_TRUE(bury(Strings{"above the limit"}).has_value()) << "what becomes one is the caller's to know";
  EXPECT_EQ(kept().size(), 3u);
}

TEST_P(DeadLetterConformance, APurgeLeavesThemAlone) {
  ASSERT_TRUE(produce({"m"}).has_value());
  ASSERT_TRUE(bury(Strings{"a"}).has_value());
  const auto purged = purge();
  ASSERT_TRUE(purged.has_value());
  EXPECT_EQ(purged->dead_letters, 1u);
  EXPECT_EQ(kept(), Strings{"a"});
}

TEST_P(DeadLetterConformance, TheyAreThereAfterAReopenAndTheRemovedAreNot) {
  ASSERT_TRUE(put({}).has_value());
  ASSERT_TRUE(bury(Strings{"a", "b", "c", "d", "e"}).has_value());
  const auto before = letters();
  for (const std::size_t i : {0u, 2u, 3u}) ASSERT_TRUE(dig_up(before[i].id).has_value());
  for (int i = 0; i < 2; ++i) {
    world_->reopen();
    const auto after = letters();
    ASSERT_EQ(after.size(), 2u);
    EXPECT_EQ(after[0].id, before[1].id);
    EXPECT_EQ(after[0].at, before[1].at);
    EXPECT_EQ(after[0].error, before[1].error);
    EXPECT_EQ(after[1].id, before[4].id);
    EXPECT_EQ(code_of(dig_up(before[2].id)), ErrorCode::kDeadLetterNotFound);
  }
  ASSERT_TRUE(bury(Strings{"f"}).has_value());
  EXPECT_GT(letters().back().id, before[4].id);
}

TEST_P(DeadLetterConformance, AStationMadeAgainHasNone) {
  ASSERT_TRUE(put({}).has_value());
  ASSERT_TRUE(bury(Strings{"a"}).has_value());
  ASSERT_TRUE(remove().has_value());
  EXPECT_EQ(code_of(page({})), ErrorCode::kStationNotFound);
  ASSERT_TRUE(put({}).has_value());
  EXPECT_EQ(kept(), Strings{});
  world_->reopen();
  EXPECT_EQ(kept(), Strings{});
  ASSERT_TRUE(bury(Strings{"b"}).has_value());
  EXPECT_EQ(kept(), Strings{"b"});
}

TEST_P(DeadLetterConformance, ALargeBatchIsKeptInItsOrder) {
  ASSERT_TRUE(keep_letters(0, kBatchMessagesMax).has_value());
  Strings given;
  for (std::uint32_t i = 0; i < kBatchMessagesMax; ++i) given.push_back(std::to_string(i) + std::string(300, '.'));
  ASSERT_TRUE(bury(given).has_value());
  EXPECT_EQ(info().dead_letters, kBatchMessagesMax);
  Strings seen;
  DeadLetterPageRequest request{.limit = kFetchMessagesMax};
  for (bool more = true; more;) {
    const auto part = page(request);
    ASSERT_TRUE(part.has_value()) << part.error().message;
    ASSERT_FALSE(part->items.empty());
    for (const auto& letter : part->items) seen.push_back(letter.payload);
    request.after = part->items.back().id;
    more = part->more;
  }
  EXPECT_EQ(seen, given);
}

TEST_P(DeadLetterConformance, ThoseOfEveryDurabilityAreKept) {
  const auto capabilities = world_->broker().capabilities();
  for (const Durability durability : {Durability::kOs, Durability::kDisk, Durability::kMemory}) {
    if (durability == Durability::kDisk && !capabilities.durability_disk) continue;
    if (durability == Durability::kMemory && !capabilities.durability_memory) continue;
    const std::string station = "s" + std::to_string(static_cast<int>(durability));
    SettingsChange change;
    change.durability = durability;
    ASSERT_TRUE(put(change, station).has_value());
    ASSERT_TRUE(bury(Strings{"a", "b", "c"}, station).has_value());
    EXPECT_EQ(kept(station), (Strings{"a", "b", "c"}));
    ASSERT_TRUE(dig_up(letters(station)[1].id, station).has_value());
    EXPECT_EQ(kept(station), (Strings{"a", "c"}));
    world_->reopen();
    const bool gone = durability == Durability::kMemory && capabilities.survives_restart;
    EXPECT_EQ(kept(station), gone ? Strings{} : (Strings{"a", "c"}));
  }
}

}  // namespace propylon::broker
