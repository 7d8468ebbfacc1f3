#include "api/station_name.h"

namespace propylon::api {
namespace {

// The normal form of each byte that a name may hold, 0 for the others.
constexpr std::array<char, 256> normal_forms() {
  std::array<char, 256> table{};
  for (unsigned c = '0'; c <= '9'; ++c) table[c] = static_cast<char>(c);
  for (unsigned c = 'a'; c <= 'z'; ++c) table[c] = table[c - 0x20] = static_cast<char>(c);
  for (const char c : std::string_view("_.-")) table[static_cast<unsigned char>(c)] = c;
  return table;
}
constexpr auto kNormal = normal_forms();

constexpr bool is_mark(char c) { return c == '_' || c == '.' || c == '-'; }

}  // namespace

Result<void> StationName::assign(std::string_view name) {
  size_ = 0;
  bool good = !name.empty() && name.size() <= kNameBytesMax && !is_mark(name.front()) && !is_mark(name.back());
  for (std::size_t i = 0; good && i < name.size(); ++i) {
    characters_[i] = kNormal[static_cast<unsigned char>(name[i])];
    good = characters_[i] != 0;
  }
  if (good) {
    size_ = static_cast<std::uint8_t>(name.size());
    return {};
  }
  // The rules' own words for what is wrong.
  return std::unexpected(normalize_name(NameKind::kStation, name).error());
}

}  // namespace propylon::api
