// The keys that sign tokens: from the configuration, or made at first start and kept with the data.
#pragma once
#include <filesystem>

#include "auth/jwt.h"
#include "core/result.h"
#include "core/secret.h"

namespace propylon::auth {

// A key that is configured is used as it is. One that is not lives in data_dir/keys/access.key or refresh.key (0600,
// in a directory of 0700): 32 random bytes as base64url and a newline. It is made if missing, complete and on disk
// before it is used, so that tokens survive a restart. The directory data_dir must exist.
// Errors: kIo; kDamaged when a file does not hold a key.
Result<TokenKeys> load_or_make_keys(const std::filesystem::path& data_dir, const Secret& configured_access,
                                    const Secret& configured_refresh);

}  // namespace propylon::auth
