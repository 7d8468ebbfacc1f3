// Turns descriptions of options into values: from flags, environment and file, each checked, each with its origin.
//
// A value comes from, first found: a flag, PROPYLON_<KEY>, the reference gateway's variable for the same idea, the TOML
// file, the default. All of them are checked, also those that another one overrides. What nobody describes is
// refused: a misspelt setting stops the start instead of being without effect.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/option.h"
#include "core/result.h"

namespace propylon::config {

// The options of one module, as a chapter of the documentation.
struct OptionGroup {
  std::string module;  // "http"
  std::string title;   // a sentence: "Sockets, limits and timeouts."
  OptionDescriptions options;
};

using KeyValue = std::pair<std::string, std::string>;

struct Sources {
  std::vector<KeyValue> flags;        // key (snake_case) and value, as the command line gave them
  std::vector<KeyValue> environment;  // the whole environment, name and value
  std::string file_name;              // for messages; empty: no file
  std::string file_text;              // TOML
};

// The environment of this process, as Sources wants it.
std::vector<KeyValue> process_environment();

// Errors: kIo, naming the file.
Result<std::string> read_file(const std::string& file_name);

// The fields that the descriptions are bound to must outlive it. Thread: caller serialises.
class Configuration final {
 public:
  explicit Configuration(std::vector<OptionGroup> groups);

  // Stores the effective values into the fields. Quotes around a value from the environment are taken off; an empty
  // variable counts as absent. Secrets come from environment and file only.
  // Errors: kInvalidConfig naming the key, where it stands and what is allowed; an unknown key also names the one that
  // it resembles. Some fields may have been set then: do not start.
  Result<void> load(const Sources& sources);

  // One line per option: `key = value  # origin`, valid TOML. A secret that is set is a comment instead: it must not be
  // shown, and a masked one must not be read back.
  std::string show() const;
  // docs/configuration.md: a table per module. Call before load(): it shows the defaults.
  std::string markdown() const;
  // Whether somebody set the key, that is, its value is not the default.
  bool is_set(std::string_view key) const;
  const std::vector<OptionGroup>& groups() const { return groups_; }

 private:
  struct Entry {
    OptionDescription* option;
    std::string origin;
  };
  Entry* find(std::string_view key);
  Result<void> set(Entry& entry, const std::string& value, const std::string& origin);
  Result<void> load_file(const Sources& sources);
  Result<void> load_environment(const Sources& sources);
  Result<void> load_flags(const Sources& sources);
  // `written` as it stands there, `key` as an option would be called.
  std::unexpected<Error> refuse_unknown(const std::string& origin, const std::string& written,
                                        std::string_view key) const;

  std::vector<OptionGroup> groups_;
  std::vector<Entry> entries_;
};

}  // namespace propylon::config
