// `propylon serve`: runs the server until a signal stops it.
#pragma once
#include "app/settings.h"
#include "core/result.h"

namespace propylon::cli {

// SIGTERM and SIGINT drain, a second one hurries. Returns when the server has stopped. Errors: those of App::open().
Result<void> serve(const app::Settings& settings);

}  // namespace propylon::cli
