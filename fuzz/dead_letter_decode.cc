// A dead letter of any bytes: read strictly or refused; what was read makes the same bytes again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "broker/embedded/dead_letter_codec.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace propylon::broker;
  const std::string input(reinterpret_cast<const char*>(data), size);
  const auto parts = embedded::decode_dead_letter(input);
  if (!parts) return 0;
  const RefusedMessage message{parts->payload, parts->error, parts->details_json};
  if (embedded::encode_dead_letter(parts->reason, message) != input) std::abort();
  return 0;
}
