// Reads recorded exchanges: one JSON object a line.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "support/http_client.h"

namespace propylon::compat {

// How far ours is to do what the reference did.
enum class Follow {
  kExactly,  // same status, same JSON
  kShape,    // same status, the reference's members present
  kRefuse,   // a defect of the reference; the status of our refusal stands in the recording's reason
  kNot,      // another defect or accident of the reference
};

struct RecordedAnswer {
  int status = 0;
  std::string body;
};

struct RecordedExchange {
  std::string name;
  Follow follow = Follow::kNot;
  std::string credential;  // in words
  std::string setup;       // in words; empty: none
  // Either a request in parts, with `<jwt>` in place of tokens ...
  std::string method;
  std::string path;
  testing::HttpFields headers;  // as bytes
  std::string body;
  // ... or its bytes.
  std::optional<std::string> raw;
  std::vector<RecordedAnswer> answers;  // of kRefuse: with our status
  // Of "definition/...", which is no exchange: what the schema of that name is, attached to the station st-<name>.
  std::string schema_type;
  std::string schema_content;
  std::string unusable;  // why it cannot be replayed, when something of it is only described
};

// The exchanges of one file, in order. Throws std::runtime_error for a file that is not what it should be.
std::vector<RecordedExchange> read_exchanges(const std::string& file);

}  // namespace propylon::compat
