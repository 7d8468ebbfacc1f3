// Checks what the compiler does not: the rules of this tree that are easy to break one line at a time.
//
// - includes go strictly downward in the table of rows below, never to a sibling of the same row;
// - a source file includes its own header first, so that every header is compiled alone;
// - README.md's map names exactly the folders that there are;
// - a path of the HTTP interface stands in src/api/routes.cc and nowhere else;
// - a configuration key that is a number ends in its unit;
// - every decision page in docs/decisions is listed in its README.
//
// Usage: tidy SOURCE_DIR. Prints one line per finding; exit code 1 when there is one.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace fs = std::filesystem;

namespace {

// DESIGN: which row a folder of src/ is in. An include may only go to a lower row, or stay in its folder.
const std::map<std::string, int> kRows = {{"core", 0},
                                          {"json", 1},
                                          {"metrics", 1},
                                          {"log", 2},
                                          {"catalog", 2},
                                          {"broker", 2},
                                          {"http", 3},
                                          {"auth", 3},
                                          {"config", 3},
                                          {"broker/embedded", 3},
                                          {"catalog/sqlite", 3},
                                          {"schema", 2},
                                          {"schema/json_schema", 3},
                                          {"schema/registry", 3},
                                          {"api", 4},
                                          {"app", 5},
                                          {"cli", 6}};
// Contracts that api may name although a backend stands beside them; backends are for app alone.
const std::set<std::string> kBackends = {"broker/embedded", "catalog/sqlite"};
const std::vector<std::string> kUnits = {"_ms",   "_s",       "_min",     "_bytes",  "_kib", "_max",
                                         "_port", "_threads", "_entries", "_passes", "_sec", "_readers"};

class Findings {
 public:
  void add(const fs::path& file, const std::string& text) { lines_.push_back(file.string() + ": " + text); }
  int report() const {
    for (const auto& line : lines_) std::cout << line << '\n';
    std::cout << lines_.size() << " findings\n";
    return lines_.empty() ? 0 : 1;
  }

 private:
  std::vector<std::string> lines_;
};

std::string read(const fs::path& file) {
  std::ifstream in(file);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

bool is_test(const fs::path& file) {
  const auto name = file.filename().string();
  return name.ends_with("_test.cc") || name.ends_with("conformance.h");
}

std::vector<std::string> includes_of(const std::string& text) {
  static const std::regex include(R"re((?:^|\n)#include "([^"]+)")re");
  std::vector<std::string> all;
  for (std::sregex_iterator at(text.begin(), text.end(), include), end; at != end; ++at) all.push_back((*at)[1]);
  return all;
}

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

void check_includes(const fs::path& file, const std::string& relative, const std::string& text, Findings& findings) {
  const auto folder = folder_of(relative);
  const auto own_row = kRows.find(folder);
  if (own_row == kRows.end()) return findings.add(file, "folder " + folder + " is in no row of tools/tidy.cc");
  for (const auto& include : includes_of(text)) {
    const auto target = folder_of(include);
    if (target == folder || (target == "support" && is_test(file))) continue;  // tests/support
    const auto row = kRows.find(target);
    if (row == kRows.end()) {
      findings.add(file, "includes " + include + ", which is in no row");
    } else if (row->second >= own_row->second) {
      // A test may stand on the fakes and servers of its neighbours; the product may not.
      if (!is_test(file)) findings.add(file, "includes " + include + ", which is not below " + folder);
    } else if (kBackends.contains(target) && own_row->second < 5) {
      findings.add(file, "names the backend " + target + "; only app and cli may");
    }
  }
}

void check_own_header_first(const fs::path& file, const std::string& relative, const std::string& text,
                            Findings& findings) {
  auto header = fs::path(file).replace_extension(".h");
  if (!fs::exists(header)) return;
  const auto includes = includes_of(text);
  const auto own = fs::path(relative).replace_extension(".h").string();
  if (includes.empty() || includes.front() != own) findings.add(file, "does not include " + own + " first");
}

void check_route_paths(const fs::path& file, const std::string& relative, const std::string& text, Findings& findings) {
  if (relative == "src/api/routes.cc" || relative == "api/routes.cc" || is_test(file)) return;
  if (!relative.starts_with("api/") && !relative.starts_with("http/") && !relative.starts_with("auth/")) return;
  static const std::regex path(R"re("/(stations|schemas|auth|monitoring|livez|readyz|metrics)[/"{])re");
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const auto comment = line.find("//");
    if (std::regex_search(line.substr(0, comment == std::string::npos ? line.size() : comment), path)) {
      findings.add(file, "has a path of the HTTP interface outside api/routes.cc: " + line);
    }
  }
}

void check_units(const fs::path& file, const std::string& text, Findings& findings) {
  static const std::regex number(R"re(describe_number\(\s*"([a-z0-9_]+)")re");
  for (std::sregex_iterator at(text.begin(), text.end(), number), end; at != end; ++at) {
    const std::string key = (*at)[1];
    const bool has_unit = std::ranges::any_of(kUnits, [&](const auto& unit) { return key.ends_with(unit); });
    if (!has_unit && !is_test(file)) findings.add(file, "configuration key " + key + " does not end in its unit");
  }
}

// The map is the table whose rows begin with "| `folder/`".
void check_readme_map(const fs::path& root, Findings& findings) {
  const auto text = read(root / "README.md");
  static const std::regex row(R"re(\n\| `([a-z_./]+)/` \|)re");
  std::set<std::string> named;
  for (std::sregex_iterator at(text.begin(), text.end(), row), end; at != end; ++at) named.insert((*at)[1]);
  std::set<std::string> there;
  for (const auto& [folder, rank] : kRows) there.insert("src/" + folder);
  for (const auto& entry : fs::directory_iterator(root)) {
    const auto name = entry.path().filename().string();
    if (entry.is_directory() && !name.starts_with(".") && name != "build" && name != "data" && name != "src")
      there.insert(name);
  }
  for (const auto& folder : there) {
    if (!fs::exists(root / folder)) findings.add(root / folder, "is in a row of tools/tidy.cc but not in the tree");
    if (!named.contains(folder)) findings.add("README.md", "the map lacks " + folder + "/");
  }
  for (const auto& folder : named) {
    if (!there.contains(folder)) findings.add("README.md", "the map names " + folder + "/, which is not there");
  }
}

void check_decisions(const fs::path& root, Findings& findings) {
  const auto folder = root / "docs" / "decisions";
  const auto list = read(folder / "README.md");
  for (const auto& entry : fs::directory_iterator(folder)) {
    const auto name = entry.path().filename().string();
    if (name != "README.md" && list.find(name) == std::string::npos)
      findings.add(entry.path(), "is not listed in docs/decisions/README.md");
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: tidy SOURCE_DIR\n";
    return 2;
  }
  const fs::path root = argv[1];
  Findings findings;
  for (const auto& entry : fs::recursive_directory_iterator(root / "src")) {
    const auto extension = entry.path().extension();
    if (extension != ".h" && extension != ".cc") continue;
    const auto relative = fs::relative(entry.path(), root / "src").string();
    const auto text = read(entry.path());
    check_includes(entry.path(), relative, text, findings);
    if (extension == ".cc") check_own_header_first(entry.path(), relative, text, findings);
    check_route_paths(entry.path(), relative, text, findings);
    check_units(entry.path(), text, findings);
  }
  check_readme_map(root, findings);
  check_decisions(root, findings);
  return findings.report();
}
