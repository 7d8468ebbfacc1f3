#include "crash/refused_load.h"

#include <chrono>

#include "support/json_members.h"

namespace propylon::testing {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kLargeBatchMessages = 150;  // these take more than one record of letters ...
constexpr std::size_t kLargePadding = 1500;       // ... and each fits the station

// How many messages of a request fit the schema, and how many do not.
struct Mixture {
  std::size_t fits = 0;
  std::size_t misfits = 1;
  std::size_t padding_max = 400;
};

Mixture some_batch(std::mt19937_64& random) {
  const std::size_t fits = random() % 10;
  if (random() % 20 == 0) return {fits, kLargeBatchMessages, kLargePadding};
  return {fits, 1 + random() % 10};
}

// In any order; those that fit from `first_fit` on, the others from `first_misfit` on.
std::string elements(const Mixture& mixture, MessageId first_fit, MessageId first_misfit, const std::string& station,
                     std::mt19937_64& random) {
  std::string text;
  for (std::size_t fits = 0, misfits = 0; fits + misfits < mixture.fits + mixture.misfits;) {
    const bool misfit = fits == mixture.fits || (misfits < mixture.misfits && random() % 2 == 0);
    MessageId id = misfit ? first_misfit : first_fit;
    id.number += misfit ? misfits++ : fits++;
    const std::string message = mixed_payload(id, station, random() % mixture.padding_max);
    text += (text.empty() ? "" : ",") + (misfit ? "[" + message + "]" : message);
  }
  return text;
}

// Whether it says that messages did not fit the schema; anything but that or a plain refusal fails the test.
bool says_misfit(const HttpAnswer& answer) {
  EXPECT_NE(answer.status, 200) << "the schema does not judge";
  if (answer.status != 400) return false;
  const std::string code = text_of(members_of(answer.body).at("code"));
  EXPECT_TRUE(code == "schema_violation" || code == "batch_partly_refused") << answer.body;
  return true;
}

ListedLetter letter_in(const std::string& item, const StationHistory& station) {
  const auto members = members_of(item);
  const std::string payload = text_of(members.at("message"));
  EXPECT_EQ(payload.front(), '[') << "it fits the schema: " << payload.substr(0, 64);
  EXPECT_NE(payload.substr(0, 64).find(" " + station.name() + " "), std::string::npos)
      << "of another station: " << payload.substr(0, 64);
  EXPECT_EQ(members.at("reason"), "\"schema\"");
  return {std::stoull(text_of(members.at("id"))), id_of(std::string_view(payload).substr(1))};
}

std::vector<ListedLetter> all_letters(Gateway& gateway, const StationHistory& station) {
  std::vector<ListedLetter> all;
  LetterPage page;
  do {
    const std::string after = page.next.empty() ? "" : "&after=" + page.next;
    page = letters_in(
        gateway.send("GET", "/stations/" + station.name() + "/dead-letters?limit=1000" + after, gateway.authorized()),
        station);
    all.insert(all.end(), page.letters.begin(), page.letters.end());
  } while (!page.next.empty());
  return all;
}

}  // namespace

void produce_refused(HttpClient& connection, const Target& target, MixedStation& station, std::size_t client,
                     std::mt19937_64& random) {
  const bool single = random() % 2 == 0;
  const bool atomic = single || random() % 4 == 0;
  const Mixture mixture = single ? Mixture{} : some_batch(random);
  StationHistory& history = station.history;
  LetterHistory& letters = *station.letters;
  const MessageId first_fit{client, history.begin(client, mixture.fits)};
  const MessageId first_misfit{client, letters.begin(client, mixture.misfits)};
  const std::string body = elements(mixture, first_fit, first_misfit, history.name(), random);
  const std::string path = "/stations/" + history.name() + "/produce/";
  const auto answer = connection.request("POST",
                                         path + (single   ? "single"
                                                 : atomic ? "batch?atomic=true"
                                                          : "batch"),
                                         target.fields, single ? body : "[" + body + "]");
  const bool misfit = says_misfit(answer);
  letters.end(client, misfit ? Fate::kStored : Fate::kRefused);
  history.end(client, misfit && !atomic ? Fate::kStored : Fate::kRefused);
}

LetterPage letters_in(const HttpAnswer& answer, const StationHistory& station) {
  EXPECT_EQ(answer.status, 200) << answer.body;
  if (answer.status != 200) return {};
  const auto members = members_of(answer.body);
  LetterPage page;
  for (const auto& item : elements_of(members.at("items"))) page.letters.push_back(letter_in(item, station));
  if (members.at("next") != "null") page.next = text_of(members.at("next"));
  return page;
}

void check_letters(Gateway& gateway, MixedStation& station) {
  Found found;
  found.numbers.resize(kMixedProducers);
  found.span.begin = Clock::now();
  const auto document = gateway.send("GET", "/stations/" + station.history.name(), gateway.authorized());
  ASSERT_EQ(document.status, 200) << document.body;
  auto members = members_of(document.body);
  found.messages = std::stoull(members.at("dead_letters_count"));
  found.retention_value = std::stoull(members_of(members.at("dead_letters")).at("messages"));
  found.created_at = members.at("created_at");
  const auto listed = all_letters(gateway, station.history);
  found.span.end = Clock::now();
  station.letters->check(std::move(found), listed);
}

}  // namespace propylon::testing
