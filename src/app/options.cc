#include "app/options.h"

namespace propylon::app {

OptionDescriptions describe(Options& options) {
  return {
      describe_text("data_dir", options.data_dir,
                    "Where messages, the catalog and the keys are kept; made if missing."),
      describe_text("port_file", options.port_file,
                    "A file that gets the port number once the server is ready; empty for none."),
      describe_choice("log_level", options.log_level, {"debug", "info", "warn", "error"},
                      "The least important lines that are logged."),
      describe_choice("log_format", options.log_format, {"auto", "text", "json"},
                      "How log lines look; auto is text on a terminal and JSON otherwise."),
      describe_number("drain_grace_ms", options.drain_grace_ms, 0, 3'600'000,
                      "How long a stopping server still takes connections while /readyz says no: the time that a load "
                      "balancer needs to notice."),
      describe_number("drain_limit_ms", options.drain_limit_ms, 0, 3'600'000,
                      "How long after the grace period requests may take before they are cut off."),
  };
}

}  // namespace propylon::app
