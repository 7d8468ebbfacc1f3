#include "api/user_document.h"

#include <string>

#include "api/admin_answer.h"
#include "api/request_context.h"
#include "api/services.h"
#include "auth/user.h"
#include "http/exchange.h"

namespace propylon::api {

void write_user(json::Writer& writer, const auth::User& user) {
  writer.begin_object().key("name").string(user.name).key("role").string(auth::to_string(user.role));
  if (user.permissions) {
    writer.key("permissions");
    auth::write_grants(writer, *user.permissions);
  }
  writer.key("description").string(user.description).key("revision").number(user.revision).end_object();
}

http::Response user_answer(std::uint16_t status, const auth::User& user) {
  std::string body;
  json::Writer writer(body);
  write_user(writer, user);
  return document_answer(status, std::move(body), user.revision);
}

void log_user_change(const Services& services, http::Exchange& exchange, std::string_view what) {
  const auto& context = exchange.context<RequestContext>();
  services.logger.info(what, {{"user", context.user},
                              {"account", context.principal.account().value},
                              {"by", context.principal.name()},
                              {"request_id", exchange.request_id()}});
}

}  // namespace propylon::api
