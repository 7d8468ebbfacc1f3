// Runs the JSON-Schema-Test-Suite: every required test must pass, and every optional one is in a table.
//
// Usage: json_schema_suite SUITE_DIRECTORY OPTIONAL_TESTS. The table (optional_tests.txt beside this file) names each
// optional file with its number of instances, and one by one those whose verdict differs, with the reason. A difference
// that is not listed fails, and so does a listed one that is none any more.
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "json/document.h"
#include "schema/json_schema/compile.h"

namespace fs = std::filesystem;
using namespace propylon;
using schema::json_schema::compile_json_schema;
using schema::json_schema::CompileOptions;
using schema::json_schema::FormatRule;

namespace {

constexpr std::string_view kRemotes = "http://localhost:1234/";

struct Draft {
  std::string folder, uri;
};
const std::vector<Draft> kDrafts = {{"draft4", "http://json-schema.org/draft-04/schema#"},
                                    {"draft6", "http://json-schema.org/draft-06/schema#"},
                                    {"draft7", "http://json-schema.org/draft-07/schema#"},
                                    {"draft2019-09", "https://json-schema.org/draft/2019-09/schema"},
                                    {"draft2020-12", "https://json-schema.org/draft/2020-12/schema"}};

std::string read(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// The table of optional tests.
struct Expectations {
  std::map<std::string, int> instances;        // by file
  std::map<std::string, std::string> differs;  // instance -> reason
};

Expectations read_table(const fs::path& file) {
  Expectations table;
  std::ifstream in(file);
  std::string current;
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line.starts_with('#')) continue;
    if (!line.starts_with(' ')) {
      std::istringstream fields(line);
      int count = 0;
      fields >> current >> count;
      table.instances[current] = count;
    } else {
      const auto bar = line.rfind(" | ");
      table.differs[current + ": " + line.substr(2, bar - 2)] = bar == std::string::npos ? "" : line.substr(bar + 3);
    }
  }
  return table;
}

class Suite {
 public:
  Suite(fs::path root, Expectations table) : root_(std::move(root)), table_(std::move(table)) {}

  int run() {
    for (const Draft& draft : kDrafts) run_draft(draft);
    for (const auto& [instance, reason] : table_.differs) {
      if (!seen_differences_.contains(instance)) complain("is listed as different, but is not: " + instance);
      if (reason.empty()) complain("is listed as different without a reason: " + instance);
    }
    std::cout << "in all: required " << required_.passed << " passed, " << required_.failed << " failed; optional "
              << optional_.passed << " passed, " << optional_.differ << " differ as listed, " << optional_.failed
              << " failed\n";
    return complaints_ == 0 && required_.passed > 0 ? 0 : 1;
  }

 private:
  struct Count {
    int passed = 0, failed = 0, differ = 0;
    void operator+=(const Count& other) {
      passed += other.passed;
      failed += other.failed;
      differ += other.differ;
    }
  };

  void complain(const std::string& text) {
    ++complaints_;
    std::cout << "FAILED " << text << '\n';
  }

  void run_draft(const Draft& draft) {
    Count required, optional;
    std::set<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(root_ / "tests" / draft.folder)) {
      if (entry.path().extension() == ".json") files.insert(entry.path());
    }
    for (const fs::path& file : files) {
      const std::string name = fs::relative(file, root_ / "tests").string();
      const bool is_optional = name.find("/optional/") != std::string::npos;
      const Count count = run_file(file, name, draft, is_optional);
      (is_optional ? optional : required) += count;
      if (is_optional && table_.instances[name] != count.passed + count.failed + count.differ)
        complain(name + " has " + std::to_string(count.passed + count.failed + count.differ) +
                 " instances, which the table does not say");
    }
    std::cout << draft.folder << ": required " << required.passed << " passed, " << required.failed
              << " failed; optional " << optional.passed << " passed, " << optional.differ << " differ as listed, "
              << optional.failed << " failed\n";
    required_ += required;
    optional_ += optional;
  }

  Count run_file(const fs::path& file, const std::string& name, const Draft& draft, bool is_optional) {
    Count count;
    const std::string text = read(file);
    const auto document = json::Document::parse(text, {.bytes = 16 << 20, .depth = 1024}).value();
    const auto groups = document.root().array("file").value();
    for (const json::Value& group_value : groups) {
      const auto group = group_value.object("group").value();
      const auto description = group.string("description").value().value();
      const auto compiled = compile(std::string(group.find("schema")->raw()), name, draft, is_optional);
      const auto tests = group.array("tests").value().value();
      for (const json::Value& test_value : tests) {
        const auto test = test_value.object("test").value();
        const std::string instance = name + ": " + description + " / " + test.string("description").value().value();
        const bool expected = test.boolean("valid").value().value();
        const std::string fault =
            compiled ? judge(**compiled, test.find("data"), expected) : "does not compile: " + compiled.error();
        tally(count, instance, fault, is_optional);
      }
    }
    return count;
  }

  void tally(Count& count, const std::string& instance, const std::string& fault, bool is_optional) {
    if (fault.empty()) {
      ++count.passed;
    } else if (is_optional && table_.differs.contains(instance)) {
      ++count.differ;
      seen_differences_.insert(instance);
    } else {
      ++count.failed;
      complain(instance + ": " + fault);
    }
  }

  std::expected<std::shared_ptr<const schema::CompiledSchema>, std::string> compile(std::string definition,
                                                                                    const std::string& name,
                                                                                    const Draft& draft,
                                                                                    bool is_optional) {
    // A test without $schema is of its folder's draft, except where the absence is what is tested.
    if (definition.starts_with('{') && definition.find("\"$schema\"") == std::string::npos &&
        name.find("no-schema") == std::string::npos) {
      const bool empty = definition.find_first_not_of(" \n\r\t", 1) == definition.find('}');
      definition = "{\"$schema\":\"" + draft.uri + "\"" + (empty ? "" : ",") + definition.substr(1);
    }
    CompileOptions options;
    // The suite asks for formats as annotations, except in its folder for formats. format-assertion.json is about a
    // vocabulary, so there the draft decides.
    const bool formats = name.find("/optional/format/") != std::string::npos ||
                         (is_optional && name.ends_with("/ecmascript-regex.json"));
    options.formats = formats                                    ? FormatRule::kAssert
                      : name.ends_with("/format-assertion.json") ? FormatRule::kByDraft
                                                                 : FormatRule::kAnnotate;
    options.resolver = [this](std::string_view uri) -> std::optional<std::string> {
      if (!uri.starts_with(kRemotes)) return std::nullopt;
      const fs::path file = root_ / "remotes" / uri.substr(kRemotes.size());
      if (!fs::is_regular_file(file)) return std::nullopt;
      return read(file);
    };
    auto compiled = compile_json_schema(definition, options);
    if (compiled) return *std::move(compiled);
    return std::unexpected(compiled.error().front().pointer + ": " + compiled.error().front().message);
  }

  std::string judge(const schema::CompiledSchema& compiled, const std::optional<json::Value>& data, bool expected) {
    const std::string_view message = data ? data->raw() : "null";  // a null member counts as absent there
    const bool accepted = compiled.accepts(message, scratch_);
    const auto violations = compiled.violations(message, scratch_);
    if (accepted != violations.empty()) return "violations and verdict disagree";
    if (!violations.empty() && violations.front().keyword == "limit") return "a limit was met";
    return accepted == expected ? "" : expected ? "is refused: " + violations.front().message : "is accepted";
  }

  const fs::path root_;
  Expectations table_;
  std::set<std::string> seen_differences_;
  schema::Scratch scratch_;
  Count required_, optional_;
  int complaints_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: json_schema_suite SUITE_DIRECTORY OPTIONAL_TESTS\n";
    return 2;
  }
  return Suite(argv[1], read_table(argv[2])).run();
}
