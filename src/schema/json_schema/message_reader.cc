#include "schema/json_schema/message_reader.h"

#include <simdjson.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "schema/json_schema/limits.h"

namespace propylon::schema::json_schema {

struct MessageReader::Parser {
  simdjson::dom::parser dom;
  std::vector<char> padded;  // simdjson reads a little behind the end
};

MessageReader::MessageReader() = default;
MessageReader::~MessageReader() = default;

std::optional<Tape> MessageReader::read(std::string_view message) {
  constexpr std::size_t kSmallest = 4096;
  if (parser_ && parser_->padded.size() > kScratchKeptBytes && message.size() < kScratchKeptBytes) parser_.reset();
  if (!parser_) parser_ = std::make_unique<Parser>();
  const std::size_t needed = std::max(kSmallest, message.size()) + simdjson::SIMDJSON_PADDING;
  if (parser_->padded.size() < needed) {
    parser_->padded.resize(std::max(needed, std::min(2 * parser_->padded.size(), kScratchKeptBytes)));
    if (parser_->dom.allocate(parser_->padded.size(), kMessageDepthMax) != simdjson::SUCCESS) {
      parser_.reset();
      return std::nullopt;
    }
  }
  std::memcpy(parser_->padded.data(), message.data(), message.size());
  const auto parsed = parser_->dom.parse(parser_->padded.data(), message.size(), false);
  if (parsed.error() != simdjson::SUCCESS) return std::nullopt;
  const auto& document = parser_->dom.doc;
  constexpr Position kRoot = 1;  // behind simdjson's own first word
  return Tape(document.tape.get(), reinterpret_cast<const char*>(document.string_buf.get()), kRoot);
}

}  // namespace propylon::schema::json_schema
