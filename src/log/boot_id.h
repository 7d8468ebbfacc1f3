// Which start of the machine this is.
#pragma once
#include <string>

namespace propylon::log {

// The kernel's random id of this boot; empty when it cannot be read, which counts as another boot each time.
std::string current_boot_id();

}  // namespace propylon::log
