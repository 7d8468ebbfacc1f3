#include "http/exchange.h"

#include "core/assert.h"
#include "http/connection.h"

namespace propylon::http {

const Request& Exchange::request() const {
  PPL_ASSERT(request_);  // the handler waited without keep()
  return *request_;
}

void Exchange::keep() {
  PPL_ASSERT(request_);
  connection_.keep(*this);
}

Loop& Exchange::loop() const { return connection_.loop(); }

std::string_view Exchange::client_address() const { return connection_.client_address(); }

void Exchange::watch_client() { connection_.watch_client(*this); }

}  // namespace propylon::http
