#include "cli/serve.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <thread>

#include "app/app.h"
#include "cli/welcome.h"

namespace propylon::cli {
namespace {

LogLevel level_of(const std::string& word) {
  if (word == "debug") return LogLevel::kDebug;
  if (word == "warn") return LogLevel::kWarn;
  return word == "error" ? LogLevel::kError : LogLevel::kInfo;
}

LogFormat format_of(const std::string& word) {
  if (word == "auto") return ::isatty(STDERR_FILENO) ? LogFormat::kText : LogFormat::kJson;
  return word == "json" ? LogFormat::kJson : LogFormat::kText;
}

// Blocks the stop signals in this thread and those it starts later, so that sigwait() gets them.
sigset_t block_stop_signals() {
  ::signal(SIGPIPE, SIG_IGN);
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

// Before anything that can still fail: the welcome comes at the end of the start.
Result<void> show_password(std::string_view user, const Secret& password) {
  const std::string text = credentials_lines(user, password);
  if (std::fputs(text.c_str(), stdout) >= 0 && std::fflush(stdout) == 0) return {};
  return fail(
      ErrorCode::kIo,
      "The password made for the administrator cannot be shown: standard output takes nothing. Set root_password.",
      "root_password");
}

}  // namespace

Result<void> serve(const app::Settings& settings) {
  const sigset_t signals = block_stop_signals();
  StderrSink sink;
  const SystemClock clock;
  const Logger logger(sink, clock, level_of(settings.app.log_level), format_of(settings.app.log_format));
  auto app = PPL_TRY(app::App::open(settings, logger, show_password));
  PPL_CHECK(app->start());
  std::fputs(welcome(settings, app->address(), app->port(), app->generated_password()).c_str(), stdout);
  std::fflush(stdout);

  // A second signal hurries the stop that the first one began.
  std::jthread stopper([&](const std::stop_token& done) {
    for (int received = 0; !done.stop_requested();) {
      const timespec pause{0, 100'000'000};
      if ((received = ::sigtimedwait(&signals, nullptr, &pause)) <= 0) continue;
      logger.info("stopping", {{"signal", received}});
      app->stop();
    }
  });
  return app->wait();
}

}  // namespace propylon::cli
