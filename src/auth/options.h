// What an operator decides about users and tokens.
#pragma once
#include <cstdint>
#include <string>

#include "core/option.h"
#include "core/secret.h"

namespace propylon::auth {

struct Options {
  Secret jwt_secret;          // empty: made at first start and kept with the data
  Secret refresh_jwt_secret;  // likewise
  std::uint64_t token_expiry_min = 15;
  std::uint64_t refresh_token_expiry_min = 300;
  std::string root_user = "root";
  Secret root_password;  // empty: generated at first start and printed once
  std::uint64_t password_hash_threads = 1;
  std::uint64_t password_hash_queue_max = 64;
  std::uint64_t password_hash_memory_kib = 65'536;
  std::uint64_t password_hash_passes = 2;
  std::uint64_t verified_token_cache_entries = 4096;  // per I/O loop
};

// `options` must outlive the descriptions.
OptionDescriptions describe(Options& options);

}  // namespace propylon::auth
