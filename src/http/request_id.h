// The id of a request: what a client's log, ours and a support question have in common.
#pragma once
#include <array>
#include <cstdint>
#include <string_view>

namespace propylon::http {

// A client's own X-Request-Id is taken when it has 1..128 visible ASCII characters.
bool is_fit_request_id(std::string_view id);

// Makes ids: 12 random characters of this source and a 12-digit counter, all hexadecimal. Unique, not secret.
// Thread: one I/O loop; each has its own source.
class RequestIds final {
 public:
  static constexpr std::size_t kBytes = 24;
  // `random`: 48 random bits that no other source in this process has.
  explicit RequestIds(std::uint64_t random);
  // The id in the first kBytes bytes of `out`.
  void make(char* out);

 private:
  std::array<char, kBytes> next_;  // the id before the one to make
};

}  // namespace propylon::http
