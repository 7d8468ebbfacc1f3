#include "crash/letter_history.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace propylon::testing {

void LetterHistory::check(Found found, const std::vector<ListedLetter>& listed) {
  SCOPED_TRACE(history_.name());
  EXPECT_EQ(listed.size(), found.messages) << "the document tells another number";
  EXPECT_TRUE(std::ranges::is_sorted(listed, std::ranges::less_equal(), &ListedLetter::id)) << "the list's order";
  std::map<std::uint64_t, MessageId> letters;  // with the removed ones: what the rest of the rules is about
  for (const ListedLetter& letter : listed) {
    letters[letter.id] = letter.message;
    const auto removal = removals_.find(letter.id);
    if (removal == removals_.end()) continue;
    EXPECT_FALSE(removal->second.sure) << "dead letter " << letter.id << " was removed and came back";
    removals_.erase(removal);
  }
  for (auto& [id, removal] : removals_) {
    removal.sure = true;
    letters[id] = removal.message;
  }
  for (const auto& [id, message] : letters) found.numbers.at(message.client).push_back(message.number);
  found.messages = letters.size();
  found.first_sequence = letters.empty() ? 1 : letters.begin()->first;
  found.last_sequence = letters.empty() ? 0 : letters.rbegin()->first;
  history_.check(found);
}

}  // namespace propylon::testing
