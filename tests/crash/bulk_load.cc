#include "crash/bulk_load.h"

#include <stdexcept>

#include "support/json_members.h"

namespace propylon::testing {
namespace {

constexpr std::uint64_t kMiB = 1 << 20;
constexpr std::size_t kMessageBytes = 1'000'000;
constexpr std::size_t kBatchMessages = 15;
constexpr std::size_t kBatches = 10;
constexpr std::uint64_t kKeptBytes = 40 * kMiB;  // more than one answer holds, less than a segment
constexpr const char* kStalled = "stalled";

}  // namespace

std::unique_ptr<MixedStation> bulk_station() {
  return std::make_unique<MixedStation>(
      "bulk", R"({"retention":)" + retention_json(Keeps::kBytes, kKeptBytes) + "}",
      Retention{.keeps = Keeps::kBytes, .value = kKeptBytes, .record_bytes_max = 16 * kMiB}, Administered{});
}

void produce_bulk(const Target& target, StationHistory& history) {
  try {
    HttpClient connection(target.port);
    for (std::size_t batch = 0; batch < kBatches; ++batch) {
      const std::size_t first = history.begin(0, kBatchMessages);
      std::string body;
      for (std::size_t i = 0; i < kBatchMessages; ++i) {
        body += (i == 0 ? "[" : ",") + mixed_payload({0, first + i}, history.name(), kMessageBytes);
      }
      const auto answer =
          connection.request("POST", "/stations/" + history.name() + "/produce/batch", target.fields, body + "]");
      history.end(0, answer.status == 200 ? Fate::kStored : Fate::kRefused);
    }
  } catch (const std::runtime_error&) {
    // The server is gone; the last request stays unanswered.
  }
}

void StalledConsumer::ask(const Target& target, const std::string& station) {
  out_ = 0;
  const std::string path = "/stations/" + station;
  HttpClient other(target.port);
  other.request("PATCH", path + "/groups/" + kStalled, target.fields, R"({"seek":"earliest"})");
  connection_ = std::make_unique<HttpClient>(target.port);
  connection_->send(HttpClient::render("POST", path + "/consume/batch", target.fields,
                                       consume_body({.group = kStalled, .batch_size = 5000})));
  if (!connection_->readable_within(std::chrono::seconds(20))) throw std::runtime_error("no answer begins");
  const auto groups = other.request("GET", path + "/groups?prefix=" + kStalled, target.fields);
  const auto items = elements_of(members_of(groups.body).at("items"));
  if (!items.empty()) out_ = std::stoull(members_of(items.front()).at("in_flight"));
}

std::uint64_t StalledConsumer::expect_again(Gateway& gateway, const std::string& station) {
  connection_.reset();
  if (out_ == 0) return 0;
  std::uint64_t marked = 0;
  for (const auto& message : gateway.drain(station, kStalled)) marked += message.deliveries > 1;
  EXPECT_EQ(marked, out_) << "handed out before the kill, and not again";
  return std::exchange(out_, 0);
}

}  // namespace propylon::testing
