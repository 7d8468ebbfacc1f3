// Passwords as argon2id hashes, in libsodium's text form (which carries its own parameters and salt).
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"
#include "core/secret.h"

namespace propylon::auth {

// The defaults are libsodium's "interactive" limits: about 50-100 ms and 64 MiB for each hash while it runs.
struct PasswordHashCost {
  std::uint64_t passes = 2;
  std::uint64_t memory_kib = 65'536;
};

// Blocks for the time that the cost says: never on an I/O loop. Thread: any.
class PasswordHasher final {
 public:
  explicit PasswordHasher(PasswordHashCost cost);

  // Errors: kInternal when the memory for it cannot be had.
  Result<std::string> hash(const Secret& password) const;
  // Whether the password made this hash. False also for a text that is no hash, and when memory is short.
  bool verify(const std::string& hash, const Secret& password) const;
  // A hash of these costs that no password fits: verifying against it makes an unknown user cost what a known one does.
  const std::string& dummy_hash() const { return dummy_; }

 private:
  const PasswordHashCost cost_;
  const std::string dummy_;
};

// 128 random bits as 22 letters, digits, - and _.
Secret generate_password();

}  // namespace propylon::auth
