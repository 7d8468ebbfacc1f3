#include "crash/mixed_load.h"

#include <stdexcept>
#include <thread>

#include "support/gateway.h"
#include "support/json_members.h"

namespace propylon::testing {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMessageBytesMax = 2000;   // of every station here
constexpr std::size_t kRecordBytesMax = 40'000;  // a batch of 30 messages of 400 bytes, each with its headers, and more

std::string settings_json(const char* durability, const std::string& retention) {
  return R"({"durability":")" + std::string(durability) + R"(","retention":)" + retention + R"(,"max_message_bytes":)" +
         std::to_string(kMessageBytesMax) + "}";
}

std::unique_ptr<MixedStation> station(const char* name, const char* durability, Keeps keeps, std::uint64_t value,
                                      Administered administered) {
  const Keeps type = keeps == Keeps::kNothing ? Keeps::kAll : keeps;
  return std::make_unique<MixedStation>(name, settings_json(durability, retention_json(type, value)),
                                        Retention{.keeps = keeps, .value = value, .record_bytes_max = kRecordBytesMax},
                                        std::move(administered));
}

template <class T>
T& pick(std::vector<T>& all, std::mt19937_64& random) {
  return all[random() % all.size()];
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

class Administrator final {
 public:
  Administrator(const Target& target, std::uint64_t seed, AdministrationTotals& totals)
      : target_(target), connection_(target.port), random_(seed), totals_(totals) {}

  void change(MixedStation& station) {
    const Administered& may = station.administered;
    switch (random_() % 6) {
      case 0:
        if (may.purges) purge(station);
        return;
      case 1:
        if (may.deletions && random_() % 2 == 0) remove_and_make(station);
        return;
      case 2:
        if (!may.retention_values.empty()) change_retention(station);
        return;
      case 3:
        if (may.durability_changes) {
          send("PATCH", path(station), random_() % 2 == 0 ? R"({"durability":"os"})" : R"({"durability":"disk"})");
        }
        return;
      default:
        if (may.group_moves) move_group(station);
    }
  }
  std::mt19937_64& random() { return random_; }

 private:
  static std::string path(const MixedStation& station) { return "/stations/" + station.history.name(); }

  HttpAnswer send(const char* method, const std::string& path, const std::string& body) {
    return connection_.request(method, path, target_.fields, body);
  }

  // Sends what may take effect until `done` hears the answer's status, or 0 when none came.
  template <class Done>
  void send_and(const char* method, const std::string& path, const std::string& body, Done done) {
    Span span{Clock::now(), {}};
    try {
      const int status = send(method, path, body).status;
      span.end = Clock::now();
      done(span, status);
    } catch (const std::runtime_error&) {
      span.end = Clock::now();
      done(span, 0);
      throw;
    }
  }

  void purge(MixedStation& station) {
    std::uint64_t before = 0;
    if (random_() % 2 == 0) {
      const auto document = send("GET", path(station), "");
      if (document.status != 200) return;
      before = sequence_in(document.body, random_);
    }
    const std::string body = before == 0 ? "" : R"({"before_seq":)" + std::to_string(before) + "}";
    send_and("POST", path(station) + "/purge", body, [&](const Span& span, int status) {
      if (status == 200) ++totals_.purges;
      if (status == 200 || status == 0) station.history.emptied({span, status == 200, before});
    });
  }

  void remove_and_make(MixedStation& station) {
    send_and("DELETE", path(station), "", [&](const Span& span, int status) {
      if (status == 204) ++totals_.deletions;
      if (status == 204 || status == 0) station.history.deleted({span, status == 204, 0});
    });
    send("PUT", path(station), station.settings);
  }

  void change_retention(MixedStation& station) {
    const auto& values = station.administered.retention_values;
    const auto value = values[random_() % values.size()];
    station.history.retain(value);
    const auto answer = send("PATCH", path(station),
                             R"({"retention":)" + retention_json(station.history.retention().keeps, value) + "}");
    if (answer.status == 200) ++totals_.retention_changes;
  }

  void move_group(MixedStation& station) {
    const std::string group = path(station) + "/groups/" + kWanderers;
    const auto moved = [&](const Span& span, int status) {
      station.wanderers.moved(span);
      if (status == 200 || status == 204) ++totals_.group_moves;
    };
    switch (random_() % 4) {
      case 0: return send_and("DELETE", group, "", moved);
      case 1: return send_and("PATCH", group, R"({"seek":"latest"})", moved);
      case 2:
        return send_and("PATCH", group, R"({"seek":{"seq":)" + std::to_string(1 + random_() % 5000) + "}}", moved);
      default: return send_and("PATCH", group, R"({"seek":"earliest"})", moved);
    }
  }

  static std::uint64_t sequence_in(const std::string& document, std::mt19937_64& random) {
    const auto members = members_of(document);
    const std::uint64_t first = std::stoull(members.at("first_seq"));
    return first + random() % (std::stoull(members.at("messages")) + 1);
  }

  const Target& target_;
  HttpClient connection_;
  std::mt19937_64 random_;
  AdministrationTotals& totals_;
};

}  // namespace

MixedStations mixed_stations() {
  MixedStations all;
  const auto add = [&](const char* name, const char* durability, Keeps keeps, std::uint64_t value,
                       Administered administered) {
    all.push_back(station(name, durability, keeps, value, std::move(administered)));
  };
  add("kept", "os", Keeps::kAll, 0, Administered{.group_moves = true});
  add("synced", "disk", Keeps::kAll, 0,
      Administered{.purges = true, .deletions = true, .group_moves = true, .durability_changes = true});
  add("newest", "os", Keeps::kNewest, 2000, Administered{.purges = true, .retention_values = {200, 1000, 2000}});
  add("sized", "os", Keeps::kBytes, 400'000,
      Administered{.deletions = true, .retention_values = {100'000, 200'000, 400'000}});
  add("aging", "disk", Keeps::kYounger, 2, Administered{.purges = true, .retention_values = {1, 2, 3}});
  add("worked", "os", Keeps::kUntilAcknowledged, 0, Administered{.purges = true});
  add("memory", "memory", Keeps::kNothing, 0, Administered{.purges = true, .deletions = true, .group_moves = true});
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
    handed.push_back({id_of(message.payload), message.deliveries});
  }
  return handed;
}

void produce_mixed(const Target& target, MixedStations& stations, std::size_t client, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  try {
    HttpClient connection(target.port);
    for (;;) produce_once(connection, target, pick(stations, random)->history, client, random);
  } catch (const std::runtime_error&) {
    // The server is gone; the last request stays unanswered.
  }
}

void consume_mixed(const Target& target, MixedStations& stations, std::uint64_t seed, std::vector<TakenFetch>& taken) {
  std::mt19937_64 random(seed);
  try {
    auto connection = std::make_unique<HttpClient>(target.port);
    for (bool on_same = false;;) {
      MixedStation& station = *pick(stations, random);
      const std::uint64_t kind = random() % 10;
      const char* group = group_for(station, kind);
      const std::string path = "/stations/" + station.history.name() + "/consume/batch";
      const std::string body = consume_body({.group = group, .batch_size = 200, .more = R"(,"min_messages":1)"});
      if (group == kLeavers) {
        connection->send(HttpClient::render("POST", path, target.fields, body));
        connection->reset();
        connection = std::make_unique<HttpClient>(target.port);
        on_same = false;
        continue;
      }
      Span span{Clock::now(), {}};
      const auto answer = connection->request("POST", path, target.fields, body);
      span.end = Clock::now();
      if (on_same) taken.back().fetch.acknowledged = true;
      on_same = answer.status == 200;
      if (on_same) taken.push_back({&station, group == kWanderers, {span, handed_in(answer, station.history), false}});
    }
  } catch (const std::runtime_error&) {
    // The server is gone, or was while it answered: what did not come whole was not read.
  }
}

void administer_mixed(const Target& target, MixedStations& stations, std::uint64_t seed, AdministrationTotals& totals) {
  try {
    Administrator administrator(target, seed, totals);
    for (;;) {
      administrator.change(*pick(stations, administrator.random()));
      // How dense the changes are, nothing else.
      std::this_thread::sleep_for(std::chrono::milliseconds(administrator.random()() % 15));
    }
  } catch (const std::runtime_error&) {
    // The server is gone.
  }
}

}  // namespace propylon::testing
