// Builds the server from its parts, in the order in which they need each other, and stops it in reverse.
#pragma once
#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "app/settings.h"
#include "auth/user_directory.h"
#include "core/clock.h"
#include "core/logger.h"
#include "core/secret.h"

namespace propylon::app {

// Thread: one, the main one; stop() also from another.
class App final {
 public:
  // Everything but serving: holds the data directory, has bound the port, has replayed the log. Takes as long as the
  // replay takes. `settings` and `logger` outlive it. `show_password` is asked to show the password that is made up for
  // the administrator at the first start, before he is stored; see generated_password().
  // Errors: kBusy (the data directory or the port belongs to another process; the text names it), kInvalidConfig,
  // kDamaged, kIo, kStorageFull.
  static Result<std::unique_ptr<App>> open(const Settings& settings, const Logger& logger,
                                           const auth::ShowPassword& show_password);
  ~App();

  // Serves from now on, and writes the port file when one is wanted. Errors: kIo (the port file).
  Result<void> start();
  // Begins to stop and returns: /readyz says no at once. A second call cuts off what is still running.
  void stop();
  // Returns when the server has stopped, a checkpoint is taken and the files are closed. Errors: those of closing; what
  // was acknowledged is safe all the same.
  Result<void> wait();

  std::uint16_t port() const;
  std::string address() const;
  // Set at the first start without a configured password. It has been shown already.
  const Secret& generated_password() const;

 private:
  struct Parts;
  explicit App(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace propylon::app
