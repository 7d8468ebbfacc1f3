// The sizes that the log and its owner agree on, and how they relate.
#pragma once
#include "core/bytes.h"
#include "core/header_block.h"

namespace propylon::log {

// A segment file's full size; it is preallocated at this size.
inline constexpr std::uint64_t kSegmentBytes = 64 * kMiB;
// The largest group, its framing included: one request's records are never split.
inline constexpr std::uint64_t kGroupBytesMax = 24 * kMiB;
// Where the owner splits what one loop turn collected into several groups. One request may still be larger.
inline constexpr std::uint64_t kTurnBytesMax = 8 * kMiB;
// A group buffer above this gives its memory back when it is cleared.
inline constexpr std::uint64_t kGroupBufferKeptBytes = 2 * kMiB;
// Background write-back starts each time so much was written.
inline constexpr std::uint64_t kWritebackBytes = 4 * kMiB;
// Message records in one segment are at most so far apart in time; then the log goes on in the next one. Keeps the
// 32-bit milliseconds of an index entry true.
inline constexpr std::uint64_t kSegmentAgeMsMax = 30ull * 24 * 3600 * 1000;
// And so far in a segment that was rewritten from several.
inline constexpr std::uint64_t kIndexSpanMsMax = UINT32_MAX;
// Segments made ready in advance. The last one is a reserve: groups with messages do not take it, so that
// acknowledgements, floors and deletes can still be written on a full disk.
inline constexpr std::size_t kPreparedSegments = 2;
// Of the reserve this share (one part in so many) is for what makes room alone, SpaceClaim::kFrees: 100,000 floors and
// removals.
inline constexpr std::uint64_t kFreeingShare = 8;

static_assert(kTurnBytesMax <= kGroupBytesMax);
static_assert(kGroupBytesMax + kMiB <= kSegmentBytes, "a group never crosses a segment");
static_assert(kHeaderBlockBytesMax < kGroupBytesMax);
static_assert(kSegmentBytes <= UINT32_MAX, "offsets are 32 bits");
static_assert(kSegmentAgeMsMax <= kIndexSpanMsMax);

}  // namespace propylon::log
