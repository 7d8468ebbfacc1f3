// Counts what a station holds against what its producers were told.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "crash/produce_record.h"

namespace propylon::testing {

struct Totals {
  std::uint64_t stored = 0;            // messages answered with 200
  std::uint64_t refused = 0;           // messages answered otherwise
  std::uint64_t unanswered = 0;        // messages whose answer nobody saw ...
  std::uint64_t unanswered_found = 0;  // ... and that are there
};

// Thread: one.
class StationCensus final {
 public:
  explicit StationCensus(std::size_t clients) : found_(clients) {}

  // The next message as a group of the station gets them; fails the test when it is not behind the last one of its
  // client, which also means that it is there twice. One that says that it was handed out before may come again: the
  // process was killed before there was proof of its receipt.
  void add(std::string_view payload, int deliveries);
  // Fails the test for every message that is missing, should not be there, or was torn from the others of its request.
  Totals check(const std::vector<ProduceRecord>& records) const;
  std::uint64_t messages() const { return messages_; }

 private:
  struct Client {
    std::vector<bool> numbers;  // those that are there
    std::size_t next = 0;       // the lowest number that may come
  };
  std::vector<Client> found_;
  std::uint64_t messages_ = 0;
};

}  // namespace propylon::testing
