// Random operations against the embedded broker and against a map, with kills and power cuts in between.
#include <gtest/gtest.h>

#include <random>

#include "broker/embedded/broker_model.h"
#include "broker/embedded/embedded_world.h"
#include "core/header_block.h"
#include "core/long_tests.h"

namespace propylon::broker::embedded {
namespace {

enum class Ends { kKills, kPowerCuts };

const std::vector<std::string> kNames{"a", "b", "c", "d"};
const std::vector<std::string> kGroups{"g", "h", "i"};

// One run. With power cuts all stations are `disk` or `memory`: what an `os` station keeps then is not promised.
class Run {
 public:
  Run(std::uint64_t seed, Ends ends) : random_(seed), ends_(ends) {
    world_.options.checkpoint_bytes = 16 * kKiB;
    world_.options.checkpoint_interval_ms = 5'000;
  }

  void steps(int count) {
    for (int i = 0; i < count && !testing::Test::HasFailure(); ++i) {
      step();
      for (const auto& [name, model] : stations_) compare(name);
    }
    if (!testing::Test::HasFailure()) read_all();
    if (testing::Test::HasFailure()) ADD_FAILURE() << "after" << trace_;
  }

 private:
  struct Handle {
    std::string station;
    std::string group;
    int id;
    std::vector<ModelDelivery> messages;
    std::unique_ptr<Fetched> fetched;
  };

  std::uint64_t any(std::uint64_t below) { return random_() % below; }
  template <class T>
  const T& one_of(const std::vector<T>& values) {
    return values[any(values.size())];
  }
  StationRef ref(const std::string& name) const { return {kDefaultAccount, name}; }
  WallTime now() const { return world_.clock.wall(); }
  SteadyTime steady() const { return world_.clock.steady(); }
  template <class T>
  T run(Task<T> task) {
    return world_.run(std::move(task));
  }

  void step() {
    const auto what = any(27);
    trace_ += " " + std::to_string(what);
    switch (what) {
      case 0:
      case 1:
      case 2:
      case 3:
      case 4:
      case 5:
      case 6: return produce(one_of(kNames));
      case 7:
      case 8:
      case 9:
      case 10: return fetch(one_of(kNames));
      case 11:
      case 12:
      case 13:
      case 14: return settle();
      case 15: return put(one_of(kNames));
      case 16: return any(4) == 0 ? remove(one_of(kNames)) : purge(one_of(kNames));
      case 17: return any(2) == 0 ? remove_group(one_of(kNames)) : seek(one_of(kNames));
      case 18: return world_.clock.advance(std::chrono::seconds(any(20)));
      case 19:
      case 20: return world_.embedded().maintenance().run_once();
      case 21: return (void)world_.embedded().maintenance().checkpoint();
      case 22: return restart();
      case 23: return die_in_the_middle();
      case 24:
      case 25: return bury(one_of(kNames));
      case 26: return dig_up(one_of(kNames));
    }
  }

  Durability durability() {
    if (any(4) == 0) return Durability::kMemory;
    return ends_ == Ends::kPowerCuts || any(2) == 0 ? Durability::kDisk : Durability::kOs;
  }
  Retention retention() {
    switch (any(5)) {
      case 0: return {RetentionType::kMessageAgeSec, 1 + any(60)};
      case 1: return {RetentionType::kMessages, 1 + any(40)};
      case 2: return {RetentionType::kBytes, 1 + any(8'000)};
      case 3: return {RetentionType::kAckBased, 0};
      default: return {RetentionType::kMessageAgeSec, 0};
    }
  }

  std::vector<std::string> payloads() {
    std::vector<std::string> all(any(3) == 0 ? 1 + any(6) : 1);
    for (auto& payload : all) payload = std::to_string(++written_) + std::string(any(400), '.');
    return all;
  }
  // A header block of one header, or of none.
  std::string headers() {
    std::string block;
    if (any(3) == 0) append_header(block, "X-Note", std::string(any(300), '.'));
    return block;
  }
  Result<Appended> append(const std::string& name, const std::vector<std::string>& payloads,
                          const std::string& headers = {}) {
    const std::vector<ByteView> views(payloads.begin(), payloads.end());
    AppendRequest request{ref(name), IfMissing::kRefuse, headers, views};
    return run(world_.broker().append(world_.loop, request));
  }
  void produce(const std::string& name) {
    const auto model = stations_.find(name);
    const auto sent = payloads();
    const std::string sent_headers = headers();
    const auto appended = append(name, sent, sent_headers);
    if (model == stations_.end()) {
      ASSERT_FALSE(appended.has_value());
      EXPECT_EQ(appended.error().code, ErrorCode::kStationNotFound);
      return;
    }
    ASSERT_TRUE(appended.has_value()) << appended.error().message;
    ASSERT_GT(appended->first.value, model->second.last);
    model->second.append(appended->first.value, sent_headers.size(), sent, now());
  }

  // Of a group in kGroups.
  FetchRequest any_fetch(const std::string& name) {
    FetchRequest request;
    request.station = ref(name);
    request.group = one_of(kGroups);
    request.consumer = "c";
    request.max_messages = static_cast<std::uint32_t>(1 + any(8));
    if (any(2) == 0) request.max_bytes = 1 + any(1'500);
    request.deadline = steady();
    return request;
  }
  void fetch(const std::string& name) {
    if (!stations_.contains(name)) return;
    const FetchRequest request = any_fetch(name);
    auto fetched = run(world_.broker().fetch(world_.loop, request, cancel_));
    ASSERT_TRUE(fetched.has_value()) << fetched.error().message;
    take_fetched(name, request, std::move(fetched));
  }
  void take_fetched(const std::string& name, const FetchRequest& request, Result<std::unique_ptr<Fetched>> fetched) {
    const auto model = stations_.find(name);
    const std::string group(request.group);
    model->second.apply_retention(now());
    auto expected = model->second.fetch(group, request.max_messages, steady(), ++last_handle_);
    const std::size_t given = (*fetched)->messages().size();
    if (given > 0 && given < expected.size()) {
      ASSERT_GT(bytes_of(model->second, expected), request.max_bytes) << "nothing else may cut it";
      model->second.shorten(group, last_handle_, given);
      expected.resize(given);
    }
    expect_handed_out(**fetched, expected, model->second, model->second.groups.at(group));
    handles_.push_back({name, group, last_handle_, expected, std::move(*fetched)});
  }
  // Of their records: what a fetch may count for them at most.
  static std::uint64_t bytes_of(const ModelStation& station, const std::vector<ModelDelivery>& messages) {
    std::uint64_t sum = 0;
    for (const auto& each : messages) sum += station.record_bytes.at(station.messages.at(each.sequence).record);
    return sum;
  }
  void expect_handed_out(const Fetched& fetched, const std::vector<ModelDelivery>& expected,
                         const ModelStation& station, ModelGroup& group) {
    ASSERT_EQ(fetched.messages().size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const auto& message = fetched.messages()[i];
      ASSERT_EQ(message.sequence.value, expected[i].sequence);
      EXPECT_EQ(message.payload, station.messages.at(expected[i].sequence).payload);
      EXPECT_EQ(message.time, station.messages.at(expected[i].sequence).time);
      EXPECT_LE(message.deliveries, expected[i].deliveries);
      ASSERT_GT(message.deliveries, group.handed_out[message.sequence.value]++) << "it comes again and does not say so";
      if (!group.counts_are_bounds) {
        EXPECT_EQ(message.deliveries, expected[i].deliveries);
      }
    }
  }

  void settle() {
    if (handles_.empty()) return;
    const std::size_t which = any(handles_.size());
    Handle handle = std::move(handles_[which]);
    handles_.erase(handles_.begin() + static_cast<std::ptrdiff_t>(which));
    const auto what = any(4);
    if (what == 0) return;  // dropped: leased until the lease ends
    const auto settlement = what == 1 ? Settlement::kGiveBack : Settlement::kAcknowledge;
    const auto settled = run(world_.broker().settle(world_.loop, *handle.fetched, settlement));
    ASSERT_TRUE(settled.has_value()) << settled.error().message;
    take_settled(handle, settlement);
  }
  void take_settled(const Handle& handle, Settlement settlement) {
    auto& station = stations_.at(handle.station);
    const auto group = station.groups.find(handle.group);
    if (group == station.groups.end()) return;
    if (settlement == Settlement::kGiveBack) group->second.give_back(handle.id, station.floor);
    if (settlement == Settlement::kAcknowledge) group->second.acknowledge(handle.messages);
  }
  Result<void> add_letters(const std::string& name, const std::vector<std::string>& payloads) {
    std::vector<RefusedMessage> messages;
    for (const auto& payload : payloads) messages.push_back({payload, "no", "[]"});
    return run(world_.broker().add_dead_letters(world_.loop, ref(name), DeadLetterReason::kSchema, {}, messages));
  }
  std::vector<DeadLetter> letters(const std::string& name) {
    const DeadLetterPageRequest request{.limit = kFetchMessagesMax, .max_bytes = UINT64_MAX};
    auto page = run(world_.broker().dead_letters(world_.loop, ref(name), request));
    EXPECT_TRUE(page.has_value()) << page.error().message;
    return page ? std::move(page->items) : std::vector<DeadLetter>{};
  }
  // Those that were just given, or as many of them as there are.
  void take_letters(const std::string& name, ModelStation& station, const std::vector<std::string>& sent) {
    const std::uint64_t last_before = station.last_letter;
    std::size_t taken = 0;
    for (const auto& letter : letters(name)) {
      if (letter.id.value <= last_before) continue;
      // A retention may have taken the first of them already: they are known by what they say.
      while (taken < sent.size() && sent[taken] != letter.payload) ++taken;
      ASSERT_LT(taken++, sent.size()) << "a letter that nobody gave";
      station.letters[letter.id.value] = {letter.payload, now()};
      station.last_letter = letter.id.value;
    }
  }
  void bury(const std::string& name) {
    const auto model = stations_.find(name);
    const auto sent = payloads();
    const auto added = add_letters(name, sent);
    ASSERT_EQ(added.has_value(), model != stations_.end());
    if (!added) return;
    take_letters(name, model->second, sent);
    const std::uint64_t kept_max = model->second.settings.dead_letters.messages;
    if (sent.size() <= kept_max) {
      EXPECT_TRUE(model->second.letters.size() >= sent.size()) << "not all are there";
    }
  }
  std::uint64_t some_letter(const ModelStation& station) { return any(station.last_letter + 2); }
  void dig_up(const std::string& name) {
    const auto model = stations_.find(name);
    if (model == stations_.end()) return;
    model->second.apply_retention(now());
    const std::uint64_t id = some_letter(model->second);
    const auto removed = run(world_.broker().remove_dead_letter(world_.loop, ref(name), Sequence{id}));
    const auto letter = model->second.letters.find(id);
    const bool there = letter != model->second.letters.end() && !letter->second.removed;
    ASSERT_EQ(removed.has_value(), there);
    if (there) letter->second.removed = true;
  }
  // Deliveries of the group count for nothing from now on.
  void void_handles(const std::string& station, const std::string& group = {}) {
    std::erase_if(handles_, [&](const Handle& handle) {
      return handle.station == station && (group.empty() || handle.group == group);
    });
  }

  void put(const std::string& name) {
    SettingsChange change;
    if (any(3) != 0) change.retention = retention();
    if (any(4) == 0) change.ack_wait_ms = 1000 + any(30'000);
    if (any(3) == 0) change.dead_letters.messages = any(20);
    if (any(3) == 0) change.dead_letters.retention_sec = any(60);
    const auto model = stations_.find(name);
    const bool is_new = model == stations_.end();
    if (is_new) change.durability = durability();
    const auto put = run(world_.broker().put_station(world_.loop, ref(name), change, {}, IfMissing::kCreate));
    ASSERT_TRUE(put.has_value()) << put.error().message;
    EXPECT_EQ(put->created, is_new);
    auto& station = stations_[name];
    station.apply_retention(now());
    station.settings = put->info.settings;
  }
  void remove(const std::string& name) {
    const auto removed = run(world_.broker().remove_station(world_.loop, ref(name), {}));
    ASSERT_EQ(removed.has_value(), stations_.erase(name) == 1);
    void_handles(name);
  }
  void purge(const std::string& name) {
    const auto model = stations_.find(name);
    if (model == stations_.end()) return;
    std::optional<Sequence> before;
    if (any(2) == 0) before = Sequence{any(model->second.last + 3)};
    const auto purged = run(world_.broker().purge(world_.loop, ref(name), before));
    ASSERT_TRUE(purged.has_value()) << purged.error().message;
    const std::uint64_t through = before ? std::max<std::uint64_t>(before->value, 1) - 1 : model->second.last;
    model->second.raise_floor(std::min(through, model->second.last));
  }
  void remove_group(const std::string& name) {
    const auto model = stations_.find(name);
    const std::string group = one_of(kGroups);
    if (model == stations_.end()) return;
    model->second.apply_retention(now());
    const auto removed = run(world_.broker().remove_group(world_.loop, ref(name), group));
    ASSERT_EQ(removed.has_value(), model->second.groups.erase(group) == 1);
    void_handles(name, group);
  }
  void seek(const std::string& name) {
    const auto model = stations_.find(name);
    const std::string group = one_of(kGroups);
    if (model == stations_.end()) return;
    ModelStation& station = model->second;
    SeekTarget target;
    target.to = one_of(std::vector{SeekTarget::To::kSequence, SeekTarget::To::kEarliest, SeekTarget::To::kLatest});
    target.sequence = Sequence{any(station.last + 5)};
    const auto moved = run(world_.broker().seek_group(world_.loop, ref(name), group, target));
    station.apply_retention(now());
    const auto found = station.groups.find(group);
    ASSERT_EQ(moved.has_value(), found != station.groups.end());
    if (!moved) return;
    const std::uint64_t wanted = target.to == SeekTarget::To::kSequence   ? target.sequence.value
                                 : target.to == SeekTarget::To::kEarliest ? 0
                                                                          : station.last + 1;
    found->second = {};
    found->second.next = std::clamp(wanted, station.floor + 1, std::max(station.floor, station.last) + 1);
    void_handles(name, group);
  }

  void restart() {
    handles_.clear();
    const bool power_cut = ends_ == Ends::kPowerCuts && any(2) == 0;
    if (power_cut) {
      world_.reopen_after_power_cut([this] { return any(2) == 0; });
    } else {
      world_.reopen();
    }
    for (auto& [name, station] : stations_) after_restart(name, station);
  }
  void after_restart(const std::string& name, ModelStation& station) {
    if (station.settings.durability == Durability::kMemory) {
      const auto settings = station.settings;
      station = {};
      station.settings = settings;
      return;
    }
    station.restart();
    // Numbers go on behind a gap when something may have been lost.
    const auto info = run(world_.broker().station(world_.loop, ref(name)));
    ASSERT_TRUE(info.has_value());
    ASSERT_GE(info->last.value, station.last) << "a number that was given out could name another message";
    station.last = info->last.value;
  }
  // The process dies at some step of a produce, a round of the background or a checkpoint.
  void die_in_the_middle() {
    world_.faults.plan(log::FaultKind::kStop, log::FaultCalls::kAll, any(12));
    const std::string name = one_of(kNames);
    const auto model = stations_.find(name);
    std::vector<std::string> sent;
    std::optional<Result<Appended>> appended;
    std::optional<Result<void>> buried;
    std::optional<Result<void>> dug_up;
    std::uint64_t letter = 0;
    std::optional<FetchRequest> request;
    std::optional<Result<std::unique_ptr<Fetched>>> fetched;
    std::optional<Handle> settled;
    Result<void> settlement;
    switch (any(7)) {
      case 0:
        if (model == stations_.end()) break;
        sent = payloads();
        appended = append(name, sent);
        break;
      case 1: world_.embedded().maintenance().run_once(); break;
      case 2: (void)world_.embedded().maintenance().checkpoint(); break;
      case 3:
        if (model == stations_.end()) break;
        sent = payloads();
        buried = add_letters(name, sent);
        break;
      case 4:
        if (model == stations_.end()) break;
        letter = some_letter(model->second);
        dug_up = run(world_.broker().remove_dead_letter(world_.loop, ref(name), Sequence{letter}));
        break;
      case 5:
        if (model == stations_.end()) break;
        request = any_fetch(name);
        fetched.emplace(run(world_.broker().fetch(world_.loop, *request, cancel_)));
        break;
      case 6:
        if (handles_.empty()) break;
        settled.emplace(std::move(handles_.back()));
        handles_.pop_back();
        settlement = run(world_.broker().settle(world_.loop, *settled->fetched, Settlement::kAcknowledge));
        break;
    }
    if (fetched && *fetched) take_fetched(name, *request, *std::move(fetched));
    if (fetched && !*fetched) take_half_fetched(model->second, *request);
    if (settled && settlement) take_settled(*settled, Settlement::kAcknowledge);
    if (settled) settled->fetched.reset();
    handles_.clear();
    world_.drop_broker();
    world_.faults.heal();
    if (appended && *appended) model->second.append((*appended)->first.value, 0, sent, now());
    const std::uint64_t next = model == stations_.end() ? 0 : model->second.last + 1;
    restart();
    const bool not_known = appended && !*appended && (*appended).error().code == ErrorCode::kOutcomeUnknown;
    if (not_known && !testing::Test::HasFailure()) take_what_is_there(name, model->second, next, sent);
    if (testing::Test::HasFailure()) return;
    if (buried) take_letters_after_death(name, model->second, sent, *buried);
    if (dug_up) look_for_letter(name, model->second, letter, *dug_up);
    if (fetched && !*fetched) look_for_group(name, model->second, std::string(request->group));
    if (settled && !settlement) look_for_acknowledgement(*settled);
  }
  // A fetch that failed may have made its group, and recorded what was not handed out.
  void take_half_fetched(ModelStation& station, const FetchRequest& request) {
    const std::string group(request.group);
    station.apply_retention(now());
    station.fetch(group, request.max_messages, steady(), ++last_handle_);
    station.groups.at(group).counts_are_bounds = true;
  }
  void look_for_group(const std::string& name, ModelStation& station, const std::string& group) {
    if (station.settings.durability != Durability::kMemory && !find_group(name, group)) station.groups.erase(group);
  }
  // An acknowledgement that failed may have been stored, whole or not at all.
  void look_for_acknowledgement(const Handle& handle) {
    ModelStation& station = stations_.at(handle.station);
    const auto group = station.groups.find(handle.group);
    if (station.settings.durability == Durability::kMemory || group == station.groups.end()) return;
    station.apply_retention(now());
    ModelGroup with = group->second;
    with.acknowledge(handle.messages);
    const auto info = find_group(handle.station, handle.group);
    ASSERT_TRUE(info.has_value());
    if (info->pending == pending(station, with)) group->second = with;
  }
  std::optional<GroupInfo> find_group(const std::string& name, const std::string& group) {
    const auto groups = run(world_.broker().groups(world_.loop, ref(name), {}));
    EXPECT_TRUE(groups.has_value());
    if (!groups) return std::nullopt;
    const auto found = std::ranges::find(groups->items, group, &GroupInfo::name);
    return found == groups->items.end() ? std::nullopt : std::optional(*found);
  }
  void take_letters_after_death(const std::string& name, ModelStation& station, const std::vector<std::string>& sent,
                                const Result<void>& buried) {
    if (station.settings.durability == Durability::kMemory) return;
    const std::size_t before = station.letters.size();
    take_letters(name, station, sent);
    const std::uint64_t found = station.letters.size() - before;
    const bool all = found == std::min<std::uint64_t>(sent.size(), station.settings.dead_letters.messages);
    EXPECT_TRUE(all || (!buried && found == 0)) << found << " of " << sent.size();
  }
  // A removal that failed may have been done.
  void look_for_letter(const std::string& name, ModelStation& station, std::uint64_t id, const Result<void>& dug_up) {
    const auto letter = station.letters.find(id);
    if (letter == station.letters.end() || letter->second.removed) return;
    const auto all = letters(name);
    const bool there = std::ranges::find(all, Sequence{id}, &DeadLetter::id) != all.end();
    EXPECT_FALSE(dug_up && there);
    letter->second.removed = !there;
  }
  // A `disk` station's message whose sync failed: it may have been stored, whole or not at all.
  void take_what_is_there(const std::string& name, ModelStation& station, std::uint64_t first,
                          const std::vector<std::string>& sent) {
    ModelStation with = station;
    with.append(first, 0, sent, now());
    with.last = station.last;
    with.apply_retention(now());
    station.apply_retention(now());
    const auto info = run(world_.broker().station(world_.loop, ref(name)));
    ASSERT_TRUE(info.has_value());
    // Its bytes alone could be those of the message that it would have pushed out.
    const std::uint64_t with_first = with.messages.empty() ? with.last + 1 : with.messages.begin()->first;
    if (info->bytes == with.bytes() && info->first.value == with_first) station = with;
  }

  void compare(const std::string& name) {
    ModelStation& model = stations_.at(name);
    model.apply_retention(now());
    const auto info = run(world_.broker().station(world_.loop, ref(name)));
    ASSERT_TRUE(info.has_value()) << info.error().message;
    EXPECT_EQ(info->messages, model.messages.size()) << name;
    EXPECT_EQ(info->bytes, model.bytes()) << name;
    EXPECT_EQ(info->last.value, model.last) << name;
    EXPECT_EQ(info->first.value, model.messages.empty() ? model.last + 1 : model.messages.begin()->first) << name;
    compare_letters(name, model, *info);
    const auto groups = run(world_.broker().groups(world_.loop, ref(name), {}));
    ASSERT_TRUE(groups.has_value());
    model.expire(steady());
    ASSERT_EQ(groups->items.size(), model.groups.size()) << name;
    for (const auto& group : groups->items) compare(group, model, model.groups.at(group.name));
  }
  void compare_letters(const std::string& name, const ModelStation& model, const StationInfo& info) {
    std::vector<std::uint64_t> expected;
    for (const auto& [id, letter] : model.letters) {
      if (!letter.removed) expected.push_back(id);
    }
    EXPECT_EQ(info.dead_letters, expected.size()) << name;
    std::vector<std::uint64_t> found;
    for (const auto& letter : letters(name)) {
      found.push_back(letter.id.value);
      const auto known = model.letters.find(letter.id.value);
      if (known == model.letters.end()) continue;
      EXPECT_EQ(letter.payload, known->second.payload) << name;
      EXPECT_EQ(letter.at, known->second.time) << name;
    }
    EXPECT_EQ(found, expected) << name;
  }
  void compare(const GroupInfo& info, const ModelStation& station, const ModelGroup& group) {
    std::uint64_t in_flight = 0;
    for (const auto& [id, lease] : group.leases) {
      for (const auto& message : lease.messages) in_flight += station.messages.contains(message.sequence) ? 1u : 0u;
    }
    EXPECT_EQ(info.in_flight, in_flight) << info.name;
    EXPECT_EQ(info.pending, pending(station, group)) << info.name;
    EXPECT_EQ(info.lag, info.pending) << info.name;
  }
  static std::uint64_t pending(const ModelStation& station, const ModelGroup& group) {
    std::uint64_t count = group.returned.size();
    for (const auto& [sequence, message] : station.messages) count += sequence >= group.next ? 1u : 0u;
    return count;
  }
  // At the end every message is read by a group that was never there.
  void read_all() {
    for (auto& [name, model] : stations_) {
      FetchRequest request;
      request.station = ref(name);
      request.group = "reader";
      request.max_messages = 5000;
      request.deadline = steady();
      const auto fetched = run(world_.broker().fetch(world_.loop, request, cancel_));
      ASSERT_TRUE(fetched.has_value()) << fetched.error().message;
      const auto expected = model.fetch("reader", 5000, steady(), 0);
      expect_handed_out(**fetched, expected, model, model.groups.at("reader"));
    }
  }

  std::mt19937_64 random_;
  const Ends ends_;
  EmbeddedWorld world_{8 * kKiB};
  Cancellation cancel_;
  std::map<std::string, ModelStation> stations_;
  std::vector<Handle> handles_;
  int last_handle_ = 0;
  std::uint64_t written_ = 0;
  std::string trace_;  // the operations so far
};

void run_seeds(const char* what, Ends ends, std::initializer_list<std::uint64_t> kept) {
  TestFigures figures(what);
  std::uint64_t lived = 0;
  for (const std::uint64_t seed : test_seeds(test_lives(40, 4000), kept)) {
    if (testing::Test::HasFailure()) break;
    SCOPED_TRACE("seed " + std::to_string(seed));
    Run(seed, ends).steps(300);
    ++lived;
  }
  figures.add(lived, "seeds of 300 operations");
}

TEST(BrokerModel, HoldsUnderRandomOperationsAndKills) {
  run_seeds("broker model with kills", Ends::kKills, {20773, 4206624397});
}

TEST(BrokerModel, OfDiskStationsHoldsUnderPowerCuts) {
  run_seeds("broker model with power cuts", Ends::kPowerCuts, {2837, 20340, 31638});
}

}  // namespace
}  // namespace propylon::broker::embedded
