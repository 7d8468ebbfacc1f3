#include "auth/options.h"

namespace propylon::auth {

OptionDescriptions describe(Options& options) {
  return {
      describe_secret("jwt_secret", options.jwt_secret,
                      "Key that signs access tokens; without one it is made at first start and kept with the data.",
                      "JWT_SECRET"),
      describe_secret("refresh_jwt_secret", options.refresh_jwt_secret,
                      "Key that signs refresh tokens; without one it is made at first start and kept with the data.",
                      "REFRESH_JWT_SECRET"),
      describe_number("token_expiry_min", options.token_expiry_min, 1, 527'040'000,
                      "Minutes that an access token lives when the client asks for nothing else.",
                      "JWT_EXPIRES_IN_MINUTES"),
      describe_number("refresh_token_expiry_min", options.refresh_token_expiry_min, 1, 527'040'000,
                      "Minutes that a refresh token lives when the client asks for nothing else.",
                      "REFRESH_JWT_EXPIRES_IN_MINUTES"),
      describe_text(
          "root_user", options.root_user,
          "The administrator that is made at first start; with root_password set also later, should he be missing.",
          "ROOT_USER"),
      describe_secret("root_password", options.root_password,
                      "The administrator's password; without one it is generated at first start and printed once.",
                      "ROOT_PASSWORD"),
      describe_number("password_hash_threads", options.password_hash_threads, 1, 64,
                      "Passwords that are hashed at the same time; each takes one core and password_hash_memory_kib."),
      describe_number("password_hash_queue_max", options.password_hash_queue_max, 1, 100'000,
                      "Logins that may wait for their hash; more are answered 503."),
      describe_number("password_hash_memory_kib", options.password_hash_memory_kib, 8, 4'194'304,
                      "Memory of one password hash in KiB; counts for passwords that are set from then on."),
      describe_number("password_hash_passes", options.password_hash_passes, 1, 100,
                      "Passes over that memory; counts for passwords that are set from then on."),
      describe_number("verified_token_cache_entries", options.verified_token_cache_entries, 4, 1'048'576,
                      "Verified tokens that each I/O thread remembers; rounded up to a power of two."),
  };
}

}  // namespace propylon::auth
