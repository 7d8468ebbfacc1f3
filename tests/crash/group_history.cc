#include "crash/group_history.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace propylon::testing {

void GroupHistory::add(const Fetch& fetch) {
  for (const Handed& handed : fetch.messages) {
    auto& reads = reads_[{handed.id.client, handed.id.number}];
    const Read read{fetch.span, handed.deliveries > 1, fetch.acknowledged};
    for (const Read& other : reads) {
      const bool first = other.span.begin < read.span.begin;
      const Read& earlier = first ? other : read;
      const Read& later = first ? read : other;
      if (moved_meanwhile(earlier, later)) continue;
      SCOPED_TRACE("client " + std::to_string(handed.id.client) + ", message " + std::to_string(handed.id.number));
      EXPECT_FALSE(earlier.acknowledged) << "acknowledged, and handed out again";
      EXPECT_TRUE(later.marked) << "handed out again without a word";
      ++repeats_;
    }
    reads.push_back(read);
  }
}

bool GroupHistory::moved_meanwhile(const Read& earlier, const Read& later) const {
  return std::ranges::any_of(moves_, [&](const Span& move) {
    return move.end >= earlier.span.begin && move.begin <= std::max(earlier.span.end, later.span.end);
  });
}

bool GroupHistory::has_read(MessageId id) const { return reads_.contains({id.client, id.number}); }

void GroupHistory::forget_below(MessageId first_kept) {
  reads_.erase(reads_.lower_bound({first_kept.client, 0}), reads_.lower_bound({first_kept.client, first_kept.number}));
}

}  // namespace propylon::testing
