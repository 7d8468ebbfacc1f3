#include "app/settings.h"

namespace propylon::app {

std::vector<config::OptionGroup> describe_all(Settings& settings) {
  return {{"app", "The program: its data, its log lines, how it stops.", describe(settings.app)},
          {"http", "Sockets, limits and timeouts.", describe(settings.http)},
          {"api", "The endpoints.", describe(settings.api)},
          {"auth", "Users, passwords and tokens.", describe(settings.auth)},
          {"schemas", "What messages must look like.", describe(settings.schemas)},
          {"broker", "Stations and consumer groups.", describe(settings.broker)},
          {"log", "The message log.", describe(settings.log)}};
}

}  // namespace propylon::app
