#include "broker/embedded/dead_letter_codec.h"

#include <utility>

#include "broker/embedded/byte_codec.h"
#include "core/assert.h"

namespace propylon::broker::embedded {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kFixedBytes = 10;

bool is_known(std::uint8_t reason) {
  switch (DeadLetterReason{reason}) {
    case DeadLetterReason::kSchema: return true;
  }
  return false;
}

}  // namespace

std::string encode_dead_letter(DeadLetterReason reason, const RefusedMessage& message) {
  PPL_ASSERT(message.error.size() <= UINT32_MAX && message.details_json.size() <= UINT32_MAX);
  std::string bytes;
  bytes.reserve(kFixedBytes + message.error.size() + message.details_json.size() + message.payload.size());
  put(bytes, kVersion);
  put(bytes, std::to_underlying(reason));
  put(bytes, static_cast<std::uint32_t>(message.error.size()));
  put(bytes, static_cast<std::uint32_t>(message.details_json.size()));
  bytes.append(message.error).append(message.details_json).append(message.payload);
  return bytes;
}

Result<DeadLetterParts> decode_dead_letter(ByteView message) {
  ByteReader reader(message);
  const auto version = reader.get<std::uint8_t>();
  const auto reason = reader.get<std::uint8_t>();
  const auto error_bytes = reader.get<std::uint32_t>();
  const auto details_bytes = reader.get<std::uint32_t>();
  const std::string_view error = reader.bytes(error_bytes);
  const std::string_view details = reader.bytes(details_bytes);
  if (!reader.good()) return fail(ErrorCode::kDamaged, "A dead letter is cut short.");
  if (version != kVersion || !is_known(reason)) {
    return fail(ErrorCode::kDamaged, "A dead letter was written by another version.");
  }
  return DeadLetterParts{DeadLetterReason{reason}, error, details, reader.rest()};
}

}  // namespace propylon::broker::embedded
