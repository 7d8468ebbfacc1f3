// Runs one fuzz target over files, without a fuzzer: `fuzz_replay TARGET FILE-OR-FOLDER...`.
//
// So the corpora are tests of every build; an input that once found a fault stays one by adding its file.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

// PROPYLON_FUZZ_TARGETS is `X(url) X(jwt) ...`; each target's entry function is named after it (cmake/rooms.cmake).
#define X(name) extern "C" int fuzz_##name(const std::uint8_t* data, std::size_t size);
PROPYLON_FUZZ_TARGETS
#undef X

namespace {

struct Target {
  std::string_view name;
  int (*run)(const std::uint8_t*, std::size_t);
};

constexpr Target kTargets[] = {
#define X(name) {#name, fuzz_##name},
    PROPYLON_FUZZ_TARGETS
#undef X
};

std::vector<std::filesystem::path> files_of(const std::filesystem::path& path) {
  if (!std::filesystem::is_directory(path)) return {path};
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(path)) files.push_back(entry.path());
  return files;
}

// An exact copy in a block of its own, so that a sanitizer sees a read beyond it.
std::vector<std::uint8_t> read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes(std::istreambuf_iterator<char>(file), {});
  return {bytes.begin(), bytes.end()};
}

}  // namespace

int main(int count, char** arguments) {
  const std::string_view name = count > 1 ? arguments[1] : "";
  for (const auto& target : kTargets) {
    if (target.name != name) continue;
    std::size_t files = 0;
    for (int i = 2; i < count; ++i) {
      for (const auto& path : files_of(arguments[i])) {
        std::printf("%s\n", path.c_str());
        std::fflush(stdout);
        const auto bytes = read(path);
        target.run(bytes.data(), bytes.size());
        ++files;
      }
    }
    std::printf("%zu files\n", files);
    return files == 0 ? 1 : 0;
  }
  std::fprintf(stderr, "there is no target \"%.*s\"\n", static_cast<int>(name.size()), name.data());
  return 2;
}
