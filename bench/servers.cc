#include "servers.h"

namespace propylon::bench {

std::vector<const Peer*> Servers::running() const {
  std::vector<const Peer*> all;
  if (propylon_) all.push_back(&*propylon_);
  if (nginx_) all.push_back(&*nginx_);
  if (nchan_) all.push_back(&*nchan_);
  if (webdis_) all.push_back(&*webdis_);
  return all;
}

}  // namespace propylon::bench
