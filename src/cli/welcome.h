// What `propylon serve` prints for the person who started it.
#pragma once
#include <string>
#include <string_view>

#include "app/settings.h"
#include "core/secret.h"

namespace propylon::cli {

// Whose password was made up and which it is: shown when it is made, and once more in the welcome.
std::string credentials_lines(std::string_view user, const Secret& generated_password);

// Address, administrator, the generated password if there is one (with the lines above the only place where it is
// shown), and four requests that can be pasted as they stand.
std::string welcome(const app::Settings& settings, const std::string& address, std::uint16_t port,
                    const Secret& generated_password);

}  // namespace propylon::cli
