#include "log/run_state.h"

#include <fmt/format.h>

#include <charconv>

namespace propylon::log {
namespace {

constexpr std::uint64_t kStateBytesMax = 4 * kKiB;

// Takes "<name> <value>\n" from the front of the text; gives the value.
std::optional<std::string_view> take_line(std::string_view& text, std::string_view name) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos || !text.starts_with(name) || text.substr(name.size(), 1) != " ") {
    return std::nullopt;
  }
  const std::string_view value = text.substr(name.size() + 1, end - name.size() - 1);
  text.remove_prefix(end + 1);
  return value;
}

}  // namespace

std::string RunState::encode() const {
  return fmt::format("propylon-log 1\nboot_id {}\nclean {}\npending_gap {}\n", boot_id.empty() ? "-" : boot_id,
                     clean ? 1 : 0, pending_gap);
}

std::optional<RunState> RunState::decode(std::string_view text) {
  const auto version = take_line(text, "propylon-log");
  const auto boot_id = take_line(text, "boot_id");
  const auto clean = take_line(text, "clean");
  const auto gap = take_line(text, "pending_gap");
  if (version != "1" || !boot_id || !gap || !text.empty() || (clean != "0" && clean != "1")) return std::nullopt;
  RunState state{.boot_id = *boot_id == "-" ? "" : std::string(*boot_id), .clean = clean == "1"};
  const auto [end, error] = std::from_chars(gap->data(), gap->data() + gap->size(), state.pending_gap);
  if (error != std::errc() || end != gap->data() + gap->size()) return std::nullopt;
  return state;
}

Result<std::optional<RunState>> RunState::load(const Place& place) {
  return decode(PPL_TRY(read_whole_file(place.files, place.path(kStateName), kStateBytesMax)));
}

Result<void> RunState::save(const Place& place) const {
  auto replaced = replace_file(place.files, place.directory, std::string(kStateName), encode());
  if (replaced || replaced.error().code != ErrorCode::kStorageFull) return replaced;
  // No room for a second file: the log has to open all the same, or a full disk could never be emptied. The text fits a
  // sector, and one that was torn counts as a restart of the machine, which is the safe side.
  auto file = place.files.open(place.path(kStateName));
  if (!file) return replaced;
  const std::string text = encode();
  PPL_CHECK((*file)->write_at(text, 0));
  PPL_CHECK((*file)->truncate(text.size()));
  return (*file)->sync();
}

}  // namespace propylon::log
