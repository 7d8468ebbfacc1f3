// How a module describes its settings: one key per idea, with unit, range and help.
//
// A module's options.h holds `struct Options` (fields with their defaults) and `describe(Options&)`, which binds
// each key to its field. Flags, environment, file, --help, `config show` and docs/configuration.md are made from
// these descriptions, so none of them can lag behind.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/result.h"
#include "core/secret.h"

namespace propylon {

// How a value is written in a configuration file.
enum class OptionKind : std::uint8_t { kText, kNumber, kFlag, kList };

struct OptionDescription {
  std::string
      key;  // snake_case, unit last: "http_idle_timeout_ms". Flag --http-idle-timeout-ms, PROPYLON_HTTP_IDLE_TIMEOUT_MS
  std::string help;            // one sentence
  std::string allowed;         // the range or the values, for help and refusals: "0..65535"
  std::string reference_name;  // the reference gateway's environment variable for the same idea, or empty
  bool secret = false;         // never shown; not taken from the command line
  // Checks and stores a value written as text; the error (kInvalidConfig) says what is allowed.
  std::function<Result<void>(const std::string& text)> set;
  // The value as text; of a secret only whether it is set ("********" or "").
  std::function<std::string()> get;
  OptionKind kind = OptionKind::kText;
};

using OptionDescriptions = std::vector<OptionDescription>;

// Makers of descriptions; `field` must outlive the description.
OptionDescription describe_number(std::string key, std::uint64_t& field, std::uint64_t min, std::uint64_t max,
                                  std::string help, std::string reference_name = {});
OptionDescription describe_flag(std::string key, bool& field, std::string help, std::string reference_name = {});
OptionDescription describe_text(std::string key, std::string& field, std::string help, std::string reference_name = {});
// A list is written with commas.
OptionDescription describe_list(std::string key, std::vector<std::string>& field, std::string help);
OptionDescription describe_secret(std::string key, Secret& field, std::string help, std::string reference_name = {});
// One of a few words.
OptionDescription describe_choice(std::string key, std::string& field, std::vector<std::string> values,
                                  std::string help);

}  // namespace propylon
