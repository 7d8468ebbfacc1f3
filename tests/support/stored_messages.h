// What a station holds, read through a group that nobody else uses.
#pragma once
#include <string>
#include <vector>

#include "broker/broker.h"
#include "support/http_client.h"

namespace propylon::testing {

struct StoredMessage {
  std::string payload;
  HttpFields headers;
};

// All messages of a station of account 1, oldest first, at most 5,000; none when it does not exist.
std::vector<StoredMessage> stored_messages(broker::Broker& broker, std::string_view station);

}  // namespace propylon::testing
