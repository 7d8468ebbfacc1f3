// Finds the word that somebody probably meant.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace propylon::config {

// The candidate with the fewest changed letters (insert, remove, replace, swap neighbours), when those are at most a
// third of the word.
std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace propylon::config
