#include "support/stored_messages.h"

#include <atomic>
#include <stdexcept>

#include "core/header_block.h"
#include "core/manual_loop.h"

namespace propylon::testing {
namespace {

struct Reading {
  broker::Broker& broker;
  Loop& loop;
  std::string station;
  std::string group;
  Cancellation cancel;
  std::vector<StoredMessage> messages;
  bool done = false;
};

StoredMessage copy_of(const broker::Message& message) {
  StoredMessage copy{std::string(message.payload), {}};
  HeaderReader reader(message.headers);
  while (const auto header = reader.next()) copy.headers.emplace_back(header->name, header->value);
  return copy;
}

Task<void> read(Reading& reading) {
  const broker::FetchRequest fetch{.station = {kDefaultAccount, reading.station},
                                   .group = reading.group,
                                   .consumer = "reader",
                                   .max_messages = broker::kFetchMessagesMax,
                                   .max_bytes = kGiB,
                                   .deadline = reading.loop.now()};
  auto fetched = co_await reading.broker.fetch(reading.loop, fetch, reading.cancel);
  if (fetched) {
    for (const auto& message : (*fetched)->messages()) reading.messages.push_back(copy_of(message));
  }
  reading.done = true;
}

}  // namespace

std::vector<StoredMessage> stored_messages(broker::Broker& broker, std::string_view station) {
  static std::atomic<int> next_group{0};
  FakeClock clock;
  ManualLoop loop(clock);
  Reading reading{broker, loop, std::string(station), "look-" + std::to_string(next_group++), {}, {}};
  spawn(read(reading));
  loop.settle();
  if (!reading.done) throw std::runtime_error("the broker did not answer at once");
  return std::move(reading.messages);
}

}  // namespace propylon::testing
