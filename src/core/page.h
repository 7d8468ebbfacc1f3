// A part of a list, in the order of its names.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

namespace propylon {

template <class Item>
struct Page {
  std::vector<Item> items;
  bool more = false;  // go on after the last item's name
};

struct PageRequest {
  std::string_view prefix{};  // of the names; empty: all
  std::string_view after{};   // names behind this one; empty: from the start
  std::uint32_t limit = 100;  // at least 1
};

}  // namespace propylon
