#include "http/exchange.h"

#include "core/assert.h"
#include "http/characters.h"
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

// Not among the known fields of request.h: those cost every request, this one only the few that ask for it.
void Exchange::offer_encoding() {
  if (!connection_.encodes_answers()) return;
  const Request& head = request();
  AcceptEncoding accept;
  for (std::size_t i = 0; i < head.field_count(); ++i) {
    const Field field = head.field(i);
    if (equals_lower(field.name, "accept-encoding")) accept.add(field.value);
  }
  encoding_ = accept.choose();
  encoding_offered_ = true;
}

void Exchange::watch_client() { connection_.watch_client(*this); }

}  // namespace propylon::http
