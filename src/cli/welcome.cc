#include "cli/welcome.h"

#include <fmt/format.h>

namespace propylon::cli {

std::string credentials_lines(std::string_view user, const Secret& generated_password) {
  return fmt::format(
      "  administrator: {}\n"
      "  password:      {}   (made at this first start and shown only now)\n",
      user, generated_password.reveal());
}

std::string welcome(const app::Settings& settings, const std::string& address, std::uint16_t port,
                    const Secret& generated_password) {
  const std::string& host = settings.http.http_host;
  const bool everywhere = host == "::" || host == "0.0.0.0";
  const std::string base = everywhere ? fmt::format("http://127.0.0.1:{}", port) : "http://" + address;
  const std::string& user = settings.auth.root_user;
  std::string text = fmt::format("\nPropylon listens on {}.\n", address);
  std::string password;
  if (!generated_password.empty()) {
    password = generated_password.reveal();
    text += credentials_lines(user, generated_password);
  } else {
    password = "'\"$PROPYLON_ROOT_PASSWORD\"'";
    text += fmt::format("  administrator: {}\n", user);
    text += "  password:      as before; for the first line below: export PROPYLON_ROOT_PASSWORD=...\n";
  }
  text += "\nThe first requests (authenticate, produce one, produce a batch, consume):\n\n";
  text += fmt::format(
      "TOKEN=$(curl -s {0}/auth/authenticate -H 'Content-Type: application/json' -d "
      "'{{\"username\":\"{1}\",\"password\":\"{2}\"}}' | sed 's/.*\"jwt\":\"\\([^\"]*\\)\".*/\\1/')\n",
      base, user, password);
  text += fmt::format(
      "curl -s {0}/stations/orders/produce/single -H \"Authorization: Bearer $TOKEN\" -H 'Content-Type: "
      "application/json' -d "
      "'{{\"order\":1}}'\n",
      base);
  text += fmt::format(
      "curl -s {0}/stations/orders/produce/batch -H \"Authorization: Bearer $TOKEN\" -H 'Content-Type: "
      "application/json' -d "
      "'[{{\"order\":2}},{{\"order\":3}}]'\n",
      base);
  text += fmt::format(
      "curl -s {0}/stations/orders/consume/batch -H \"Authorization: Bearer $TOKEN\" -H 'Content-Type: "
      "application/json' -d "
      "'{{\"consumer_name\":\"me\",\"batch_max_wait_time_ms\":1000}}'\n\n",
      base);
  return text;
}

}  // namespace propylon::cli
