#include "log/boot_id.h"

#include <fstream>

namespace propylon::log {

std::string current_boot_id() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string id;
  std::getline(file, id);
  return id;
}

}  // namespace propylon::log
