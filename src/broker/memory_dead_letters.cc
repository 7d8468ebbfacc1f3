// MemoryBroker's dead letters.
#include "broker/memory_broker.h"
#include "core/assert.h"

namespace propylon::broker {
namespace {

std::uint64_t bytes_of(const DeadLetter& letter) {
  return letter.error.size() + letter.details_json.size() + letter.headers.size() + letter.payload.size();
}

}  // namespace

Task<Result<void>> MemoryBroker::add_dead_letters(Loop&, StationRef ref, DeadLetterReason reason, ByteView headers,
                                                  std::span<const RefusedMessage> messages) {
  PPL_ASSERT(!messages.empty() && messages.size() <= kBatchMessagesMax);
  std::lock_guard lock(mutex_);
  const auto found = find(ref);
  if (!found) co_return std::unexpected(found.error());
  for (const RefusedMessage& message : messages) {
    (*found)->add_dead_letter({.id = {},
                               .reason = reason,
                               .at = clock_.wall(),
                               .error = std::string(message.error),
                               .details_json = std::string(message.details_json),
                               .headers = std::string(headers),
                               .payload = std::string(message.payload)});
  }
  (*found)->apply_retention(clock_.wall());
  co_return {};
}

Task<Result<Page<DeadLetter>>> MemoryBroker::dead_letters(Loop&, StationRef ref, DeadLetterPageRequest request) {
  std::lock_guard lock(mutex_);
  const auto found = find(ref);
  if (!found) co_return std::unexpected(found.error());
  Page<DeadLetter> page;
  std::uint64_t bytes = 0;
  for (const DeadLetter& letter : (*found)->dead_letters()) {
    if (letter.id <= request.after) continue;
    bytes += bytes_of(letter);
    page.more = page.items.size() == request.limit || (bytes > request.max_bytes && !page.items.empty());
    if (page.more) break;
    page.items.push_back(letter);
  }
  co_return page;
}

Task<Result<void>> MemoryBroker::remove_dead_letter(Loop&, StationRef ref, Sequence id) {
  std::lock_guard lock(mutex_);
  const auto found = find(ref);
  if (!found) co_return std::unexpected(found.error());
  if ((*found)->remove_dead_letter(id)) co_return {};
  co_return no_dead_letter(ref.name, id);
}

}  // namespace propylon::broker
