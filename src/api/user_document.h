// A user as administrators see him: never with a password or its hash.
#pragma once
#include <string_view>

#include "http/response.h"
#include "json/writer.h"

namespace propylon::auth {
struct User;
}
namespace propylon::http {
class Exchange;
}

namespace propylon::api {

struct Services;

// {"name":"bob","role":"client","permissions":[...],"description":"","revision":17}; without `permissions` every
// station of the account.
void write_user(json::Writer& writer, const auth::User& user);

http::Response user_answer(std::uint16_t status, const auth::User& user);

// Who did what to whom, for the operator's log. Good also after a suspension.
void log_user_change(const Services& services, http::Exchange& exchange, std::string_view what);

}  // namespace propylon::api
