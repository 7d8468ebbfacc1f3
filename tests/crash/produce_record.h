// What one client sent, and what it was told about it.
//
// Messages carry their client and a number that only grows, so that whoever reads a station can tell which ones are
// there, how often, and whether they are in order.
#pragma once
#include <cstdint>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace propylon::testing {

enum class Fate : std::uint8_t {
  kStored,      // answered 200: must be there, once
  kRefused,     // answered otherwise: must not be there
  kUnanswered,  // the connection broke: may be there, at most once
};

struct MessageId {
  std::size_t client = 0;
  std::size_t number = 0;
};

// As it stands at the beginning of each payload, a JSON string: "3-17 xxxx".
inline std::string payload_of(MessageId id, std::size_t padding) {
  return "\"" + std::to_string(id.client) + "-" + std::to_string(id.number) + " " + std::string(padding, 'x') + "\"";
}

inline MessageId id_of(std::string_view payload) {
  MessageId id;
  if (std::sscanf(std::string(payload.substr(0, 64)).c_str(), "\"%zu-%zu ", &id.client, &id.number) != 2) {
    throw std::runtime_error("not a message of this test: " + std::string(payload.substr(0, 64)));
  }
  return id;
}

// A request: messages that are stored together or not at all.
struct Sent {
  std::size_t first = 0;  // number of its first message
  std::size_t count = 1;
  Fate fate = Fate::kUnanswered;
};

// Thread: its client's; between rounds the test's.
struct ProduceRecord {
  std::vector<Sent> requests;
  std::size_t next_number = 0;
};

}  // namespace propylon::testing
