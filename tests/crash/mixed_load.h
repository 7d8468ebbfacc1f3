// Clients of all kinds at once on stations of all kinds, until the server is gone.
//
// Each thread takes a station at random for each request. What was sent and what was answered goes into the histories.
#pragma once
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "crash/group_history.h"
#include "crash/letter_history.h"
#include "crash/station_history.h"
#include "support/http_client.h"

namespace propylon::testing {

inline constexpr std::size_t kMixedProducers = 4;
inline constexpr std::size_t kMixedConsumers = 3;
inline constexpr const char* kWorkers = "workers";      // never moved
inline constexpr const char* kWanderers = "wanderers";  // moved and removed
inline constexpr const char* kLeavers = "leavers";      // its members close their connection instead of reading

// What may be done to a station besides producing and consuming.
struct Administered {
  bool purges = false;
  bool deletions = false;
  bool group_moves = false;
  bool durability_changes = false;                // between os and disk
  std::vector<std::uint64_t> retention_values{};  // each for a while; empty: never changed
  bool letter_removals = false;
  std::vector<std::uint64_t> letter_limits{};  // as retention_values
};

struct MixedStation {
  MixedStation(std::string name, std::string json, Retention retention, Administered changes)
      : settings(std::move(json)),
        administered(std::move(changes)),
        history(std::move(name), kMixedProducers, retention) {}

  const std::string settings;  // JSON of the first PUT, and of each after a deletion
  const Administered administered;
  StationHistory history;
  std::unique_ptr<LetterHistory> letters;  // null: it has no schema
  GroupHistory workers;
  GroupHistory wanderers;
};
using MixedStations = std::vector<std::unique_ptr<MixedStation>>;

// One of each durability and retention.
MixedStations mixed_stations();
// {"type":"messages","value":100}; of Keeps::kAll: kept for ever.
std::string retention_json(Keeps keeps, std::uint64_t value);

// How to reach the server, with what.
struct Target {
  std::uint16_t port = 0;
  HttpFields fields;  // with the administrator's token
};

// A whole answer of one thread, and whose it is.
struct TakenFetch {
  MixedStation* station = nullptr;
  bool by_wanderers = false;
  Fetch fetch;
};

struct AdministrationTotals {
  std::uint64_t purges = 0;  // answered ones
  std::uint64_t deletions = 0;
  std::uint64_t group_moves = 0;
  std::uint64_t retention_changes = 0;  // also of dead letters
};

// Each returns when its connection broke.
void produce_mixed(const Target& target, MixedStations& stations, std::size_t client, std::uint64_t seed);
void consume_mixed(const Target& target, MixedStations& stations, std::uint64_t seed, std::vector<TakenFetch>& taken);
void administer_mixed(const Target& target, MixedStations& stations, std::uint64_t seed, AdministrationTotals& totals);

// The messages of an answer to consume/batch of that station; fails the test when one is of another.
std::vector<Handed> handed_in(const HttpAnswer& answer, const StationHistory& station);
// A JSON string: "3-17 station xxxx".
std::string mixed_payload(MessageId id, const std::string& station, std::size_t padding);

}  // namespace propylon::testing
