// A dead letter as a message of the log: what else is known of it stands before its payload.
//
//   version u8 = 1 | reason u8 | error_bytes u32 | details_bytes u32 | error | details_json | payload   (little endian)
//
// Example, a message `{}` that the schema refused, error "no", details `[]`:
//   01 01  02 00 00 00  02 00 00 00  6e 6f  5b 5d  7b 7d
// Id, time and headers are the message's own.
#pragma once
#include <string>
#include <string_view>

#include "broker/broker.h"
#include "core/bytes.h"
#include "core/result.h"

namespace propylon::broker::embedded {

std::string encode_dead_letter(DeadLetterReason reason, const RefusedMessage& message);

struct DeadLetterParts {
  DeadLetterReason reason = DeadLetterReason::kSchema;
  std::string_view error;
  std::string_view details_json;
  ByteView payload;
};

// The parts view `message`. Errors: kDamaged: it is not of this form though its checksum is good, or has a version or
// a reason that this program does not know: another program wrote it.
Result<DeadLetterParts> decode_dead_letter(ByteView message);

}  // namespace propylon::broker::embedded
