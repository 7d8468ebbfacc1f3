#include "servers.h"

namespace propylon::bench {

Propylon* Servers::beside() {
  if (beside_binary_.empty()) return nullptr;
  if (!beside_) beside_.emplace(directory_ / "beside", std::vector<std::string>{}, Tool::kNone, beside_binary_);
  return &*beside_;
}

std::vector<const Peer*> Servers::running() const {
  std::vector<const Peer*> all;
  if (propylon_) all.push_back(&*propylon_);
  if (nginx_) all.push_back(&*nginx_);
  if (nchan_) all.push_back(&*nchan_);
  if (webdis_) all.push_back(&*webdis_);
  return all;
}

}  // namespace propylon::bench
