#include "cli/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <iostream>

#include "app/settings.h"
#include "cli/log_check.h"
#include "cli/serve.h"

namespace propylon::cli {
namespace {

constexpr int kFailed = 1;
constexpr int kUsage = 2;

std::string flag_of(std::string key) {
  std::ranges::replace(key, '_', '-');
  return "--" + key;
}

int report(const Error& error) {
  std::fprintf(stderr, "propylon: %s\n", error.message.c_str());
  return error.code == ErrorCode::kInvalidConfig ? kUsage : kFailed;
}

constexpr const char* kReferenceIntroduction =
    "# Configuration\n\n"
    "Made by `propylon config reference`; `propylon config show` prints the effective values with their origin.\n\n"
    "Each setting is a flag of `propylon serve` (`--http-port`), a variable of the environment, and a key of the TOML\n"
    "file named by `--config`. The first one found counts, in this order: flag, `PROPYLON_` variable, the reference\n"
    "gateway's variable (second in its column, quotes around the value are taken off), file, default. Secrets come "
    "from\n"
    "environment or file only. An unknown key or a bad value stops the start.\n\n";

// The settings' flags on one command, and what they were given.
struct Flags {
  std::string config_file;
  std::vector<config::KeyValue> given;

  void add_to(CLI::App& command, const config::Configuration& configuration) {
    command.add_option("--config", config_file, "A TOML file with settings; flags and environment win over it.");
    for (const auto& group : configuration.groups()) {
      for (const auto& option : group.options) {
        if (option.secret) continue;  // arguments can be seen by every user of the machine
        const auto store = [this, key = option.key](const std::string& value) { given.emplace_back(key, value); };
        command.add_option_function<std::string>(flag_of(option.key), store, option.help)
            ->group(group.title)
            ->type_name(option.allowed)
            ->default_str(option.get());
      }
    }
    command.footer(
        "Each setting is also a key of the TOML file and a variable PROPYLON_<KEY>. Secrets (root_password,\n"
        "jwt_secret, refresh_jwt_secret) come from file or environment only.");
  }
};

Result<void> load(config::Configuration& configuration, const Flags& flags) {
  config::Sources sources{flags.given, config::process_environment(), flags.config_file, {}};
  if (!flags.config_file.empty()) sources.file_text = PPL_TRY(config::read_file(flags.config_file));
  return configuration.load(sources);
}

}  // namespace

int run(int argc, char** argv) {
  app::Settings settings;
  config::Configuration configuration(app::describe_all(settings));
  Flags flags;
  CLI::App program("An HTTP gateway for message streaming: every success means stored.", "propylon");
  // One line, as every other refusal to start has.
  program.failure_message(
      [](const CLI::App*, const CLI::Error& error) { return "propylon: " + std::string(error.what()) + "\n"; });
  flags.add_to(*program.add_subcommand("serve", "Run the server."), configuration);
  auto* config_command = program.add_subcommand("config", "Settings: what they are and where they come from.");
  config_command->require_subcommand(1);
  auto* show_command =
      config_command->add_subcommand("show", "Print the effective settings with their origin; secrets are masked.");
  auto* reference_command = config_command->add_subcommand("reference", "Print the page docs/configuration.md.");
  auto* version_command = program.add_subcommand("version", "Print the version.");
  auto* log_command = program.add_subcommand("log", "The message log, while no server runs.");
  log_command->require_subcommand(1);
  auto* check_command = log_command->add_subcommand("check", "Verify a data directory and print what is in it.");
  std::string checked_directory;
  check_command->add_option("DIR", checked_directory, "The data directory (data_dir), with catalog.db and log/ in it.")
      ->required();
  check_command->footer(kLogCheckFooter);
  flags.add_to(*show_command, configuration);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return program.exit(error) == 0 ? 0 : kUsage;
  }

  // Asked for here, not of the parser: that one would not name a misspelt command.
  if (program.get_subcommands().empty()) {
    return report(
        {ErrorCode::kInvalidConfig, "a command is needed: serve, config, log or version; --help says more", {}, 0});
  }
  if (version_command->parsed()) {
    std::cout << "propylon " << PROPYLON_VERSION << '\n';
    return 0;
  }
  if (reference_command->parsed()) {
    std::cout << kReferenceIntroduction << configuration.markdown();
    return 0;
  }
  if (check_command->parsed()) return check_log(checked_directory);
  if (auto loaded = load(configuration, flags); !loaded) return report(loaded.error());
  if (show_command->parsed()) {
    std::cout << configuration.show();
    return 0;
  }
  if (auto served = serve(settings); !served) return report(served.error());
  return 0;
}

}  // namespace propylon::cli
