// What a station refused for its schema over all its rounds, and which dead letters must therefore be there after a
// kill.
//
// Dead letters keep to the rules of a station's messages (station_history.h), with two differences: those of one
// request need not be stored together, and single ones are removed.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "crash/station_history.h"

namespace propylon::testing {

// As the station's list gives it.
struct ListedLetter {
  std::uint64_t id = 0;
  MessageId message;
};

// Thread: as StationHistory; removal() as emptied().
class LetterHistory final {
 public:
  LetterHistory(const std::string& station, std::size_t clients, Retention retention)
      : history_(station + " (dead letters)", clients, retention, Storing::kInTurn) {}

  std::size_t begin(std::size_t client, std::size_t count) { return history_.begin(client, count); }
  // kStored: it was answered that they do not fit the schema.
  void end(std::size_t client, Fate fate) { history_.end(client, fate); }
  void deleted(const Emptying& emptying) { history_.deleted(emptying); }
  void retain(std::uint64_t limit) { history_.retain(limit); }
  // Answered or not. Only at a station that is never deleted and keeps all that is not removed.
  void removal(const ListedLetter& letter, bool answered) { removals_[letter.id] = {letter.message, answered}; }
  void killed() { history_.killed(); }
  void jumped(std::uint64_t sequences) { history_.jumped(sequences); }

  // `listed` in the order of the list; of `found` the span, the station's birth, and as messages and retention what its
  // document says of the dead letters.
  void check(Found found, const std::vector<ListedLetter>& listed);

  const HistoryTotals& totals() const { return history_.totals(); }
  std::uint64_t removals() const { return removals_.size(); }

 private:
  struct Removal {
    MessageId message;
    bool sure = true;  // false: nobody saw the answer
  };

  StationHistory history_;
  std::map<std::uint64_t, Removal> removals_;  // by id
};

}  // namespace propylon::testing
