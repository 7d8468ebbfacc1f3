// A store's name as text: in the catalog and for people.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "log/format.h"

namespace propylon::log {

// "00010203-0405-0607-0809-0a0b0c0d0e0f".
std::string to_text(const StoreUuid& store);
// 32 lower-case hexadecimal digits, dashes anywhere; nothing when it is not that.
std::optional<StoreUuid> parse_store_uuid(std::string_view text);
// The store that a whole segment header names; nothing when the header is damaged.
std::optional<StoreUuid> store_of_segment_header(ByteView header);

}  // namespace propylon::log
