#include "cli/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <iostream>

#include "app/settings.h"
#include "cli/log_check.h"
#include "cli/serve.h"
#include "cli/unexpected_arguments.h"

namespace propylon::cli {
namespace {

constexpr int kFailed = 1;
constexpr int kUsage = 2;
constexpr const char* kVersionLine = "propylon " PROPYLON_VERSION;

// One line, whatever a bad value holds, and nothing in it that a terminal would obey.
int report(const Error& error) {
  std::string line = error.message;
  std::ranges::replace_if(line, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, '?');
  std::fprintf(stderr, "propylon: %s\n", line.c_str());
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

// Into the settings that `configuration` is bound to.
Result<void> load(config::Configuration& configuration, const Flags& flags, const app::Settings& settings) {
  config::Sources sources{flags.given, config::process_environment(), flags.config_file, {}};
  if (!flags.config_file.empty()) sources.file_text = PPL_TRY(config::read_file(flags.config_file));
  PPL_CHECK(configuration.load(sources));
  return app::check(settings);
}

// Asked for here, not of the parser: that one would not name a misspelt command.
Result<void> expect_command(const CLI::App& parent, const char* wanted) {
  if (!parent.get_subcommands().empty()) return {};
  return fail(ErrorCode::kInvalidConfig, wanted);
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
  program.set_version_flag("--version", kVersionLine, "Print the version and exit");
  flags.add_to(*program.add_subcommand("serve", "Run the server."), configuration);
  auto* config_command = program.add_subcommand("config", "Settings: what they are and where they come from.");
  auto* show_command =
      config_command->add_subcommand("show", "Print the effective settings with their origin; secrets are masked.");
  auto* reference_command = config_command->add_subcommand("reference", "Print the page docs/configuration.md.");
  auto* version_command = program.add_subcommand("version", "Print the version.");
  auto* log_command = program.add_subcommand("log", "The message log, while no server runs.");
  auto* check_command = log_command->add_subcommand("check", "Verify a data directory and print what is in it.");
  std::string checked_directory;
  check_command->add_option("DIR", checked_directory, "The data directory (data_dir), with catalog.db and log/ in it.")
      ->required();
  check_command->footer(kLogCheckFooter);
  flags.add_to(*show_command, configuration);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ExtrasError&) {
    return report(unexpected_arguments(program.remaining(true), configuration.groups()));
  } catch (const CLI::ParseError& error) {
    return program.exit(error) == 0 ? 0 : kUsage;
  }

  if (auto given = expect_command(program, "a command is needed: serve, config, log or version; --help says more");
      !given) {
    return report(given.error());
  }
  if (version_command->parsed()) {
    std::cout << kVersionLine << '\n';
    return 0;
  }
  if (config_command->parsed()) {
    if (auto given = expect_command(*config_command, "config needs a command: show or reference"); !given)
      return report(given.error());
  }
  if (log_command->parsed()) {
    if (auto given = expect_command(*log_command, "log needs a command: check"); !given) return report(given.error());
  }
  if (reference_command->parsed()) {
    std::cout << kReferenceIntroduction << configuration.markdown();
    return 0;
  }
  if (check_command->parsed()) return check_log(checked_directory);
  if (auto loaded = load(configuration, flags, settings); !loaded) return report(loaded.error());
  if (show_command->parsed()) {
    std::cout << configuration.show();
    return 0;
  }
  if (auto served = serve(settings); !served) return report(served.error());
  return 0;
}

}  // namespace propylon::cli
