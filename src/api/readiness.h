// Where GET /readyz learns why the server should get no traffic now.
#pragma once
#include <vector>

#include "core/error.h"

namespace propylon::api {

// Thread: any. Must not block.
class Readiness {
 public:
  virtual ~Readiness() = default;
  // Empty when the server is ready. Each has a sentence that strangers may read; the first one's code becomes the
  // answer's (kShuttingDown, kStoreUnavailable, kOverloaded). What the broker says of itself comes on top.
  virtual std::vector<Error> obstacles() const = 0;
};

}  // namespace propylon::api
