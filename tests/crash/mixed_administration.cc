// What an administrator does to stations while they are used.
#include <chrono>
#include <stdexcept>
#include <thread>

#include "crash/mixed_load.h"
#include "crash/refused_load.h"
#include "json/base64.h"
#include "support/json_members.h"

namespace propylon::testing {
namespace {

using Clock = std::chrono::steady_clock;

class Administrator final {
 public:
  Administrator(const Target& target, std::uint64_t seed, AdministrationTotals& totals)
      : target_(target), connection_(target.port), random_(seed), totals_(totals) {}

  void change(MixedStation& station) {
    const Administered& may = station.administered;
    switch (random_() % 8) {
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
      case 4:
        if (may.letter_removals) remove_letters(station);
        return;
      case 5:
        if (!may.letter_limits.empty()) change_letter_limit(station);
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
      if (status != 204 && status != 0) return;
      station.history.deleted({span, status == 204, 0});
      if (station.letters) station.letters->deleted({span, status == 204, 0});
    });
    send("PUT", path(station), station.settings);
  }

  void change_retention(MixedStation& station) {
    const auto value = pick(station.administered.retention_values);
    station.history.retain(value);
    const auto answer = send("PATCH", path(station),
                             R"({"retention":)" + retention_json(station.history.retention().keeps, value) + "}");
    if (answer.status == 200) ++totals_.retention_changes;
  }

  void change_letter_limit(MixedStation& station) {
    const auto limit = pick(station.administered.letter_limits);
    station.letters->retain(limit);
    const auto answer = send("PATCH", path(station), R"({"dead_letters":{"messages":)" + std::to_string(limit) + "}}");
    if (answer.status == 200) ++totals_.retention_changes;
  }

  // The oldest ones, or some in the middle.
  void remove_letters(MixedStation& station) {
    const std::string list = path(station) + "/dead-letters";
    const std::uint64_t after = random_() % 2 == 0 ? 1 + random_() % 2000 : 0;
    const std::string query =
        "?limit=30" + (after == 0 ? "" : "&after=" + json::to_base64(std::to_string(after), json::Base64::kUrl));
    for (const ListedLetter& letter : letters_in(send("GET", list + query, ""), station.history).letters) {
      if (after != 0 && random_() % 2 == 0) continue;
      send_and("DELETE", list + "/" + std::to_string(letter.id), "", [&](const Span&, int status) {
        EXPECT_TRUE(status == 204 || status == 0) << status << " for dead letter " << letter.id << ", which was listed";
        if (status == 204 || status == 0) station.letters->removal(letter, status == 204);
      });
    }
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

  std::uint64_t pick(const std::vector<std::uint64_t>& values) { return values[random_() % values.size()]; }

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

void administer_mixed(const Target& target, MixedStations& stations, std::uint64_t seed, AdministrationTotals& totals) {
  try {
    Administrator administrator(target, seed, totals);
    for (;;) {
      administrator.change(*stations[administrator.random()() % stations.size()]);
      // How dense the changes are, nothing else.
      std::this_thread::sleep_for(std::chrono::milliseconds(administrator.random()() % 15));
    }
  } catch (const std::runtime_error&) {
    // The server is gone.
  }
}

}  // namespace propylon::testing
