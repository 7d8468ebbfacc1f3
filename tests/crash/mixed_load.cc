#include "crash/mixed_load.h"

#include <optional>
#include <stdexcept>

#include "crash/refused_load.h"
#include "support/gateway.h"
#include "support/json_members.h"

namespace propylon::testing {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMessageBytesMax = 2000;  // of every station here
constexpr std::uint64_t kLettersKept = 300;     // where that is less than there are
constexpr std::uint64_t kAllLettersKept = 1'000'000;
constexpr std::size_t kRecordBytesMax = 40'000;  // a batch of 30 messages of 400 bytes, each with its headers, and more

std::string settings_json(const char* durability, const std::string& retention, std::optional<Keeps> letters,
                          std::uint64_t letter_limit) {
  std::string json = R"({"durability":")" + std::string(durability) + R"(","retention":)" + retention +
                     R"(,"max_message_bytes":)" + std::to_string(kMessageBytesMax);
  if (letters) {
    json += R"(,"schema":{"name":")" + std::string(kTextsSchema) +
            R"("},"dead_letters":{"retention_sec":0,"messages":)" + std::to_string(letter_limit) + "}";
  }
  return json + "}";
}

// With dead letters it has a schema.
std::unique_ptr<MixedStation> station(const char* name, const char* durability, Keeps keeps, std::uint64_t value,
                                      Administered administered, std::optional<Keeps> letters) {
  const Keeps type = keeps == Keeps::kNothing ? Keeps::kAll : keeps;
  const std::uint64_t letter_limit = letters == Keeps::kNewest ? kLettersKept : kAllLettersKept;
  auto made = std::make_unique<MixedStation>(
      name, settings_json(durability, retention_json(type, value), letters, letter_limit),
      Retention{.keeps = keeps, .value = value, .record_bytes_max = kRecordBytesMax}, std::move(administered));
  if (letters) {
    made->letters =
        std::make_unique<LetterHistory>(name, kMixedProducers, Retention{.keeps = *letters, .value = letter_limit});
  }
  return made;
}

template <class T>
T& pick(std::vector<T>& all, std::mt19937_64& random) {
  return all[random() % all.size()];
}

// Of a station with a schema every fourth request has messages that do not fit it.
bool sends_refused(const MixedStation& station, std::mt19937_64& random) {
  return station.letters && random() % 4 == 0;
}

// Singles, batches, and now and then one with a message that the station refuses.
void produce_once(HttpClient& connection, const Target& target, StationHistory& history, std::size_t client,
                  std::mt19937_64& random) {
  const bool single = random() % 2 == 0;
  const bool too_large = random() % 20 == 0;
  const std::size_t count = single ? 1 : 1 + random() % 30;
  const std::size_t first = history.begin(client, count);
  std::string body;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t padding = too_large && i + 1 == count ? kMessageBytesMax : random() % 400;
    body += (i == 0 ? "" : ",") + mixed_payload({client, first + i}, history.name(), padding);
  }
  const auto answer = connection.request(
      "POST", "/stations/" + history.name() + (single ? "/produce/single" : "/produce/batch?atomic=true"),
      target.fields, single ? body : "[" + body + "]");
  history.end(client, answer.status == 200 ? Fate::kStored : Fate::kRefused);
}

// Of a station that keeps until every group has acknowledged, the one that always reads on is the only one.
const char* group_for(const MixedStation& station, std::uint64_t kind) {
  if (station.history.retention().keeps == Keeps::kUntilAcknowledged || kind > 3) return kWorkers;
  return kind == 0 ? kLeavers : kWanderers;
}

}  // namespace

MixedStations mixed_stations() {
  MixedStations all;
  const auto add = [&](const char* name, const char* durability, Keeps keeps, std::uint64_t value,
                       Administered administered, std::optional<Keeps> letters = {}) {
    all.push_back(station(name, durability, keeps, value, std::move(administered), letters));
  };
  add("kept", "os", Keeps::kAll, 0, Administered{.group_moves = true, .letter_removals = true}, Keeps::kAll);
  add("synced", "disk", Keeps::kAll, 0,
      Administered{.purges = true, .deletions = true, .group_moves = true, .durability_changes = true}, Keeps::kAll);
  add("newest", "os", Keeps::kNewest, 2000,
      Administered{.purges = true, .retention_values = {200, 1000, 2000}, .letter_limits = {50, 100, kLettersKept}},
      Keeps::kNewest);
  add("sized", "os", Keeps::kBytes, 400'000,
      Administered{.deletions = true, .retention_values = {100'000, 200'000, 400'000}});
  add("aging", "disk", Keeps::kYounger, 2, Administered{.purges = true, .retention_values = {1, 2, 3}});
  add("worked", "os", Keeps::kUntilAcknowledged, 0, Administered{.purges = true});
  add("memory", "memory", Keeps::kNothing, 0, Administered{.purges = true, .deletions = true, .group_moves = true},
      Keeps::kNothing);
  return all;
}

std::string retention_json(Keeps keeps, std::uint64_t value) {
  const std::string number = R"(,"value":)" + std::to_string(value) + "}";
  switch (keeps) {
    case Keeps::kNewest: return R"({"type":"messages")" + number;
    case Keeps::kBytes: return R"({"type":"bytes")" + number;
    case Keeps::kUntilAcknowledged: return R"({"type":"ack_based"})";
    case Keeps::kAll:
    case Keeps::kYounger:
    case Keeps::kNothing: break;
  }
  return R"({"type":"message_age_sec")" + number;
}

std::string mixed_payload(MessageId id, const std::string& station, std::size_t padding) {
  return "\"" + std::to_string(id.client) + "-" + std::to_string(id.number) + " " + station + " " +
         std::string(padding, 'x') + "\"";
}

std::vector<Handed> handed_in(const HttpAnswer& answer, const StationHistory& station) {
  std::vector<Handed> handed;
  for (const auto& message : messages_of(answer)) {
    EXPECT_NE(message.payload.substr(0, 64).find(" " + station.name() + " "), std::string::npos)
        << "of another station: " << message.payload.substr(0, 64);
    if (message.payload.starts_with('[')) {
      ADD_FAILURE() << "refused for its schema, and in the station: " << message.payload.substr(0, 64);
      continue;
    }
    handed.push_back({id_of(message.payload), message.deliveries});
  }
  return handed;
}

void produce_mixed(const Target& target, MixedStations& stations, std::size_t client, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  try {
    HttpClient connection(target.port);
    for (;;) {
      MixedStation& station = *pick(stations, random);
      if (sends_refused(station, random)) {
        produce_refused(connection, target, station, client, random);
      } else {
        produce_once(connection, target, station.history, client, random);
      }
    }
  } catch (const std::runtime_error&) {
    // The server is gone; the last request stays unanswered.
  }
}

void consume_mixed(const Target& target, MixedStations& stations, std::uint64_t seed, std::vector<TakenFetch>& taken) {
  std::mt19937_64 random(seed);
  try {
    auto connection = std::make_unique<HttpClient>(target.port);
    std::size_t open = taken.size();  // from here on: of this connection, not known to be acknowledged
    for (;;) {
      MixedStation& station = *pick(stations, random);
      const std::uint64_t kind = random() % 10;
      const char* group = group_for(station, kind);
      const std::string path = "/stations/" + station.history.name() + "/consume/batch";
      const std::string body = consume_body({.group = group, .batch_size = 200, .more = R"(,"min_messages":1)"});
      if (group == kLeavers) {
        connection->send(HttpClient::render("POST", path, target.fields, body));
        connection->reset();
        connection = std::make_unique<HttpClient>(target.port);
        open = taken.size();
        continue;
      }
      Span span{Clock::now(), {}};
      const auto answer = connection->request("POST", path, target.fields, body);
      span.end = Clock::now();
      if (answer.status != 200) continue;
      auto handed = handed_in(answer, station.history);
      for (; !handed.empty() && open < taken.size(); ++open) taken[open].fetch.acknowledged = true;
      taken.push_back({&station, group == kWanderers, {span, std::move(handed), false}});
    }
  } catch (const std::runtime_error&) {
    // The server is gone, or was while it answered: what did not come whole was not read.
  }
}

}  // namespace propylon::testing
