// EmbeddedBroker's dead letters: messages of a station's companion, whose removals are acknowledgements of one group.
#include <algorithm>

#include "broker/embedded/changes.h"
#include "broker/embedded/dead_letter_codec.h"
#include "broker/embedded/embedded_broker.h"
#include "broker/embedded/group_records.h"
#include "core/assert.h"
#include "log/group_buffer.h"

namespace propylon::broker::embedded {
namespace {

// A page reads whole records, however few messages of them it takes.
constexpr std::uint64_t kLettersRecordBytes = 128 * kKiB;

// One dead letter, which was there a moment ago, is done with. Refused with kDeadLetterNotFound when it has gone since.
class RemovalChange final : public Change {
 public:
  RemovalChange(Station& companion, Sequence id) : companion_(companion), id_(id) {}

  Result<void> decide(log::GroupBuffer& group, std::size_t record, WallTime now) override {
    if (companion_.removed) return fail(ErrorCode::kStationNotFound, "The station was removed.");
    {
      std::lock_guard lock(companion_.mutex);
      if (!companion_.may_keep_letter(id_)) return no_dead_letter(companion_.name, id_);
    }
    group.stamp(record, Sequence{0}, now);
    return {};
  }
  void publish(log::Position at, std::uint32_t bytes, WallTime) override {
    std::lock_guard lock(companion_.mutex);
    companion_.applied = {at.segment, at.offset + bytes};
    was_kept_ = companion_.may_keep_letter(id_);
    companion_.remove_letter(id_);
  }
  void withdraw() override {}
  log::SpaceClaim claim() const override { return log::SpaceClaim::kFrees; }
  // After a successful commit. False: another removal of the same turn came first.
  bool was_kept() const { return was_kept_; }

 private:
  Station& companion_;
  const Sequence id_;
  bool was_kept_ = false;
};

// The letters from `at` on that go into one record: at least one.
std::vector<ByteView> next_record(const std::vector<std::string>& letters, std::size_t at) {
  std::vector<ByteView> record;
  for (std::uint64_t bytes = 0; at < letters.size(); ++at) {
    bytes += letters[at].size();
    if (bytes > kLettersRecordBytes && !record.empty()) break;
    record.emplace_back(letters[at]);
  }
  return record;
}

// Whether messages are taken now, and the largest of these at all.
Result<void> all_accepted(const LogStore& store, ByteView headers, const std::vector<std::string>& letters) {
  const auto largest = std::ranges::max_element(letters, {}, &std::string::size);
  const ByteView alone[] = {*largest};
  return store.accepts_messages(log::GroupBuffer::message_bytes(headers, alone));
}

Result<DeadLetter> letter_of(const Message& message, const std::string& station) {
  const auto parts = decode_dead_letter(message.payload);
  if (!parts) {
    return fail(ErrorCode::kCorruptRecord, "Dead letter " + std::to_string(message.sequence.value) + " of station " +
                                               station + " cannot be read: " + parts.error().message);
  }
  return DeadLetter{.id = message.sequence,
                    .reason = parts->reason,
                    .at = message.time,
                    .error = std::string(parts->error),
                    .details_json = std::string(parts->details_json),
                    .headers = std::string(message.headers),
                    .payload = std::string(parts->payload)};
}

}  // namespace

std::uint64_t EmbeddedBroker::count_letters(Station& companion) {
  const log::Log& log = store_of(companion).log();
  for (;;) {
    std::lock_guard lock(companion.mutex);
    if (!companion.apply_retention(log, clock_.wall())) return companion.count_letters(log);
  }
}

Picked EmbeddedBroker::pick_letters(Station& companion, Sequence after, const PickLimits& limits) {
  const log::Log& log = store_of(companion).log();
  for (;;) {
    std::lock_guard lock(companion.mutex);
    if (!companion.apply_retention(log, clock_.wall())) {
      return companion.collect(log, companion.kept_letters(after), limits);
    }
  }
}

Task<Result<void>> EmbeddedBroker::add_dead_letters(Loop& loop, StationRef ref, DeadLetterReason reason,
                                                    ByteView headers, std::span<const RefusedMessage> messages) {
  PPL_ASSERT(!messages.empty() && messages.size() <= kBatchMessagesMax);
  auto found = existing(loop, ref);
  if (!found) co_return std::unexpected(std::move(found).error());
  Station& station = **found;
  const std::string own_headers(headers);
  std::vector<std::string> letters;
  for (const RefusedMessage& message : messages) letters.push_back(encode_dead_letter(reason, message));
  auto taken = all_accepted(store_of(station), own_headers, letters);
  if (!taken) co_return taken;
  auto companion = dead_letters_of(station);
  if (!companion) {
    auto made = co_await directory_->make_dead_letters(loop, station);
    if (!made) co_return made;
    companion = dead_letters_of(station);
  }
  co_return co_await append_letters(loop, *companion, own_headers, letters);
}

Task<Result<void>> EmbeddedBroker::append_letters(Loop& loop, Station& companion, const std::string& headers,
                                                  const std::vector<std::string>& letters) {
  LogStore& store = store_of(companion);
  std::optional<log::Position> waits_for;
  Result<void> done;
  for (std::size_t at = 0; done && at < letters.size();) {
    const auto record = next_record(letters, at);
    at += record.size();
    AppendChange change(companion, static_cast<std::uint32_t>(record.size()), store.waits());
    Turn& turn = store.turn(loop);
    auto& group = turn.group_for(log::GroupBuffer::message_bytes(headers, record));
    const std::size_t index = group.add_message(companion.id, headers, record);
    done = co_await turn.commit(change, index);
    if (done && change.waits_for_disk()) waits_for = change.end();
  }
  store.maintenance().poke();
  if (!waits_for) co_return done;
  // Also when a later record was refused: what was written is shown once it is durable, and needs the companion for it.
  auto durable = co_await store.waits().wait(loop, *waits_for);
  co_return done ? durable : done;
}

Task<Result<Page<DeadLetter>>> EmbeddedBroker::dead_letters(Loop& loop, StationRef ref, DeadLetterPageRequest request) {
  PPL_ASSERT(request.limit >= 1 && request.limit <= kFetchMessagesMax);
  auto found = existing(loop, ref);
  if (!found) co_return std::unexpected(std::move(found).error());
  const StationPtr station = *std::move(found);
  Page<DeadLetter> page;
  const StationPtr companion = dead_letters_of(*station);
  if (!companion) co_return page;
  const PickLimits limits{request.limit, request.max_bytes, {}};
  const Picked picked = pick_letters(*companion, request.after, limits);
  EmbeddedFetched fetched(fetched_bytes_);
  fetched.station = companion;
  const log::Log& log = store_of(*companion).log();
  auto read = co_await read_messages(loop, log, cold_readers_, picked, request.max_bytes, fetched);
  if (!read) co_return std::unexpected(std::move(read).error());
  for (const Message& message : fetched.messages()) {
    auto letter = letter_of(message, station->name);
    if (!letter) co_return std::unexpected(std::move(letter).error());
    page.items.push_back(*std::move(letter));
  }
  page.more = picked.more || page.items.size() < picked.messages;
  co_return page;
}

Task<Result<void>> EmbeddedBroker::remove_dead_letter(Loop& loop, StationRef ref, Sequence id) {
  auto found = existing(loop, ref);
  if (!found) co_return std::unexpected(std::move(found).error());
  const StationPtr station = *std::move(found);
  const StationPtr companion = dead_letters_of(*station);
  if (!companion) co_return no_dead_letter(station->name, id);
  const PickLimits one{1, UINT64_MAX, {}};
  const Picked next = pick_letters(*companion, {std::max<std::uint64_t>(id.value, 1) - 1}, one);
  if (next.empty() || next.ranges.front().first != id) co_return no_dead_letter(station->name, id);
  const std::string body = encode_group_record(kRemovedGroup, {{id, id, 0}});
  RemovalChange change(*companion, id);
  auto removed = co_await commit_durably(loop, *companion, change, log::RecordKind::kAcked, body);
  if (removed && change.was_kept()) co_return removed;
  if (removed || removed.error().code == ErrorCode::kDeadLetterNotFound) co_return no_dead_letter(station->name, id);
  co_return removed;
}

}  // namespace propylon::broker::embedded
