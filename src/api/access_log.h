// One log line per request, for operators who want to see each. Never the target: a query may hold a token.
#pragma once
#include <cstddef>
#include <cstdint>

#include "core/clock.h"
#include "core/logger.h"

namespace propylon::http {
class Exchange;
}

namespace propylon::api {

// What stands in the line of a request.
struct AccessRecord {
  std::uint16_t status = 0;
  std::size_t answer_bytes = 0;  // of the body
};

// Thread: any.
class AccessLog final {
 public:
  AccessLog(const Logger& logger, const Clock& clock) : logger_(logger), clock_(clock) {}

  // The exchange may be one whose head could not be read: route and user are then unknown. The duration runs from the
  // request's first byte to this call, when the answer is made and not yet sent.
  void write(http::Exchange& exchange, const AccessRecord& record) const;

 private:
  const Logger& logger_;
  const Clock& clock_;
};

}  // namespace propylon::api
