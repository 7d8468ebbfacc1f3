#include "crash/station_census.h"

#include <gtest/gtest.h>

namespace propylon::testing {

void StationCensus::add(std::string_view payload, int deliveries) {
  const MessageId id = id_of(payload);
  ASSERT_LT(id.client, found_.size());
  Client& client = found_[id.client];
  if (deliveries > 1 && id.number < client.numbers.size() && client.numbers[id.number]) return;
  EXPECT_GE(id.number, client.next) << "client " << id.client << ": out of order, or twice";
  client.next = id.number + 1;
  if (client.numbers.size() <= id.number) client.numbers.resize(id.number + 1);
  client.numbers[id.number] = true;
  ++messages_;
}

Totals StationCensus::check(const std::vector<ProduceRecord>& records) const {
  Totals totals;
  for (std::size_t client = 0; client < records.size(); ++client) {
    const auto& numbers = found_[client].numbers;
    for (const Sent& sent : records[client].requests) {
      std::size_t there = 0;
      for (std::size_t i = sent.first; i < sent.first + sent.count; ++i) there += i < numbers.size() && numbers[i];
      SCOPED_TRACE("client " + std::to_string(client) + ", messages from " + std::to_string(sent.first));
      switch (sent.fate) {
        case Fate::kStored:
          EXPECT_EQ(there, sent.count) << "acknowledged and lost";
          totals.stored += sent.count;
          break;
        case Fate::kRefused:
          EXPECT_EQ(there, 0U) << "refused and stored";
          totals.refused += sent.count;
          break;
        case Fate::kUnanswered:
          EXPECT_TRUE(there == 0 || there == sent.count) << there << " of " << sent.count << " are there";
          totals.unanswered += sent.count;
          totals.unanswered_found += there;
          break;
      }
    }
  }
  return totals;
}

}  // namespace propylon::testing
