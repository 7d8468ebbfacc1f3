// A request head parsed whole and in pieces gives the same result, and its views lie inside the bytes.
//
// Input: the number of cuts, as many cut places (two bytes each), then the bytes of the connection.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "http/request_parser.h"

namespace {

using namespace propylon::http;
using Progress = RequestParser::Progress;

constexpr HeadLimits kLimits{4096, 16, 512};

void check(bool condition) {
  if (!condition) std::abort();
}

struct Outcome {
  Progress progress = Progress::kNeedMore;
  const char* text = nullptr;
  std::size_t head_bytes = 0;
  std::string found;
};

void append(std::string& found, std::string_view part, std::string_view bytes) {
  const bool inside = part.data() >= bytes.data() && part.data() + part.size() <= bytes.data() + bytes.size();
  check(inside || part.empty() || part == "/");
  found.append(part).push_back('\0');
}

std::string describe(const Request& request, std::string_view bytes) {
  std::string found(to_string(request.method()));
  found += request.keep_alive() ? 'k' : 'c';
  found += request.is_http_1_0() ? '0' : '1';
  found += request.is_chunked() ? 't' : 'l';
  found += std::to_string(request.content_length());
  append(found, request.target(), bytes);
  append(found, request.path(), bytes);
  append(found, request.query(), bytes);
  for (std::size_t i = 0; i < request.field_count(); ++i) {
    append(found, request.field(i).name, bytes);
    append(found, request.field(i).value, bytes);
  }
  for (std::size_t i = 0; i < kKnownFields; ++i) {
    const auto known = static_cast<KnownField>(i);
    found += std::to_string(request.lines(known));
    append(found, request.value(known), bytes);
  }
  return found;
}

Outcome parse(std::string_view bytes, const std::vector<std::size_t>& ends) {
  Request request;
  RequestParser parser;
  parser.start(request);
  Outcome outcome;
  for (const std::size_t end : ends) {
    // A buffer of exactly this size, so that a sanitizer sees a read beyond it.
    const std::vector<char> piece(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(end));
    const std::string_view view(piece.data(), piece.size());
    outcome.progress = parser.parse(view, kLimits, request);
    if (outcome.progress == Progress::kNeedMore) continue;
    if (outcome.progress == Progress::kComplete) {
      outcome.head_bytes = parser.head_bytes();
      outcome.found = describe(request, view);
      check(outcome.head_bytes <= kLimits.head_bytes_max && request.field_count() <= kLimits.fields_max);
      check(!(request.is_chunked() && request.has(KnownField::kContentLength)));
    }
    break;
  }
  outcome.text = parser.refusal().text;
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t cuts = std::min<std::size_t>(data[0] % 16, (size - 1) / 2);
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1 + 2 * cuts, size - 1 - 2 * cuts);
  std::vector<std::size_t> ends;
  for (std::size_t i = 0; i < cuts; ++i) {
    const std::size_t place = data[1 + 2 * i] * 256u + data[2 + 2 * i];
    ends.push_back(std::max(ends.empty() ? 0 : ends.back(), place % (bytes.size() + 1)));
  }
  ends.push_back(bytes.size());
  const Outcome whole = parse(bytes, {bytes.size()});
  const Outcome pieces = parse(bytes, ends);
  check(whole.progress == pieces.progress && whole.text == pieces.text);
  check(whole.head_bytes == pieces.head_bytes && whole.found == pieces.found);
  return 0;
}
