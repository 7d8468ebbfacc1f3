// All settings of all modules, and their descriptions as one list.
#pragma once
#include <vector>

#include "api/options.h"
#include "app/options.h"
#include "auth/options.h"
#include "broker/embedded/options.h"
#include "config/configuration.h"
#include "core/result.h"
#include "http/options.h"
#include "log/options.h"
#include "schema/registry/options.h"

namespace propylon::app {

struct Settings {
  Options app;
  http::Options http;
  api::Options api;
  auth::Options auth;
  schema::registry::Options schemas;
  broker::embedded::Options broker;
  log::Options log;
};

// In the order of the documentation. `settings` must outlive the groups.
std::vector<config::OptionGroup> describe_all(Settings& settings);

// What descriptions cannot say: settings that go through as text but could only fail, or be without effect, later.
// Errors: kInvalidConfig naming the key.
Result<void> check(const Settings& settings);

}  // namespace propylon::app
