// Any bytes as Accept-Encoding: what is chosen can be made, letter case and the number of lines do not matter, and what
// is said last about a coding counts.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/assert.h"
#include "http/accept_encoding.h"

namespace {

using namespace propylon::http;

EncodingChoice choose(std::string_view line, std::string_view more = {}) {
  AcceptEncoding accept;
  accept.add(line);
  accept.add(more);
  return accept.choose();
}

bool same(const EncodingChoice& a, const EncodingChoice& b) {
  return a.coding == b.coding && a.identity_refused == b.identity_refused;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string line(reinterpret_cast<const char*>(data), size);
  const EncodingChoice choice = choose(line);
  PPL_ASSERT(choice.coding == ContentCoding::kIdentity ||
             std::ranges::find(kEncodings, choice.coding) != kEncodings.end());

  std::string upper = line;
  for (auto& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  }
  PPL_ASSERT(same(choose(upper), choice));
  AcceptEncoding in_lines;
  for (std::string_view rest = line;;) {
    const std::size_t comma = rest.find(',');
    in_lines.add(rest.substr(0, comma));
    if (comma == std::string_view::npos) break;
    rest.remove_prefix(comma + 1);
  }
  PPL_ASSERT(same(in_lines.choose(), choice));

  PPL_ASSERT(choose(line, "zstd, br, gzip").coding == ContentCoding::kZstd);
  PPL_ASSERT(choose(line, "zstd;q=0, br;q=0, gzip;q=0").coding == ContentCoding::kIdentity);
  PPL_ASSERT(choose(line, "identity;q=0").identity_refused);
  PPL_ASSERT(!choose(line, "identity;q=0.001").identity_refused);
  if (choice.coding != ContentCoding::kIdentity) {
    PPL_ASSERT(choose(line, std::string(to_string(choice.coding)) + ";q=0").coding != choice.coding);
  }
  return 0;
}
