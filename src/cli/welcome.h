// What `propylon serve` prints for the person who started it.
#pragma once
#include <string>

#include "app/settings.h"
#include "core/secret.h"

namespace propylon::cli {

// Address, administrator, the generated password if there is one (this text is the only place where it is ever shown),
// and four requests that can be pasted as they stand.
std::string welcome(const app::Settings& settings, const std::string& address, std::uint16_t port,
                    const Secret& generated_password);

}  // namespace propylon::cli
