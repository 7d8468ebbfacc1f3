#include "crash/station_history.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace propylon::testing {
namespace {

// How many of the request's messages were found, and which.
struct Part {
  std::size_t there = 0;
  bool from_first = true;
  bool to_last = true;
  bool unbroken = true;
};

Part part_of(const Sent& sent, const std::vector<std::size_t>& numbers) {
  const auto begin = std::ranges::lower_bound(numbers, sent.first);
  const auto end = std::lower_bound(begin, numbers.end(), sent.first + sent.count);
  if (begin == end) return {};
  const std::size_t last = *std::prev(end);
  const auto there = static_cast<std::size_t>(end - begin);
  return {.there = there,
          .from_first = *begin == sent.first,
          .to_last = last == sent.first + sent.count - 1,
          .unbroken = last - *begin + 1 == there};
}

}  // namespace

std::size_t StationHistory::begin(std::size_t client, std::size_t count) {
  Client& at = clients_[client];
  const Moment now = std::chrono::steady_clock::now();
  at.requests.push_back({{.first = at.next_number, .count = count, .fate = Fate::kUnanswered}, {now, Moment::max()}});
  at.next_number += count;
  return at.requests.back().sent.first;
}

void StationHistory::end(std::size_t client, Fate fate) {
  Request& request = clients_[client].requests.back();
  request.sent.fate = fate;
  if (fate != Fate::kUnanswered) request.span.end = std::chrono::steady_clock::now();
}

void StationHistory::deleted(const Emptying& emptying) {
  emptied(emptying);
  deletion_ = true;
}

void StationHistory::retain(std::uint64_t value) { retention_.value = std::min(retention_.value, value); }

bool StationHistory::must_be_gone(const Request& request) const {
  return std::ranges::any_of(emptyings_, [&](const Emptying& emptying) {
    return emptying.answered && emptying.before == 0 && request.span.end < emptying.span.begin;
  });
}

bool StationHistory::may_be_emptied(const Request& request) const {
  return std::ranges::any_of(emptyings_,
                             [&](const Emptying& emptying) { return request.span.begin < emptying.span.end; });
}

bool StationHistory::may_be_missing(const Request& request, const Found& found) const {
  if (may_be_emptied(request)) return true;
  switch (retention_.keeps) {
    case Keeps::kAll: return false;
    case Keeps::kNewest:
    case Keeps::kBytes: return true;  // check_retention() counts
    case Keeps::kYounger: return request.span.begin + std::chrono::seconds(retention_.value) <= found.span.end;
    case Keeps::kUntilAcknowledged:
    case Keeps::kNothing: return true;  // check_read(), killed()
  }
  return false;
}

void StationHistory::expect_may_be_read(MessageId id, const Span& span) const {
  SCOPED_TRACE(name_ + ", client " + std::to_string(id.client) + ", message " + std::to_string(id.number));
  ASSERT_LT(id.client, clients_.size());
  const Client& client = clients_[id.client];
  EXPECT_GE(id.number, client.gone_below) << "it was gone, and came back";
  const auto behind = std::ranges::upper_bound(client.requests, id.number, {},
                                               [](const Request& request) { return request.sent.first; });
  if (behind == client.requests.begin()) return;
  const Request& request = *std::prev(behind);
  ASSERT_LT(id.number, request.sent.first + request.sent.count) << "nobody sent it";
  EXPECT_NE(request.sent.fate, Fate::kRefused) << "refused and read";
  for (const Emptying& emptying : emptyings_) {
    EXPECT_FALSE(emptying.answered && emptying.before == 0 && request.span.end < emptying.span.begin &&
                 emptying.span.end <= span.begin)
        << "read behind the purge or the deletion that took it";
  }
}

void StationHistory::killed() {
  if (retention_.keeps != Keeps::kNothing) return;
  for (Client& client : clients_) {
    settle_totals(client);
    client.requests.clear();
    client.gone_below = client.next_number;
  }
  emptyings_.clear();
}

void StationHistory::check_client(std::size_t number, const Found& found, Missing& missing) const {
  const Client& client = clients_[number];
  const auto& numbers = found.numbers[number];
  EXPECT_TRUE(std::ranges::is_sorted(numbers, std::ranges::less_equal())) << "out of order, or twice";
  if (!numbers.empty()) {
    EXPECT_GE(numbers.front(), client.gone_below) << "it was gone, and came back";
    EXPECT_LT(numbers.back(), client.next_number) << "nobody sent it";
  }
  bool earlier_there = false;
  for (const Request& request : client.requests) {
    const Sent& sent = request.sent;
    SCOPED_TRACE("client " + std::to_string(number) + ", messages from " + std::to_string(sent.first));
    const Part part = part_of(sent, numbers);
    const bool whole = part.there == sent.count;
    // The beginning of what is left may lie within a request.
    const bool may_be_cut = !earlier_there && may_be_missing(request, found);
    switch (sent.fate) {
      case Fate::kRefused: EXPECT_EQ(part.there, 0U) << "refused and stored"; break;
      case Fate::kUnanswered:
        EXPECT_TRUE(part.there == 0 || (part.unbroken && (part.from_first || may_be_cut) &&
                                        (part.to_last || storing_ == Storing::kInTurn)))
            << part.there << " of " << sent.count << " are there";
        break;
      case Fate::kStored:
        if (must_be_gone(request)) {
          EXPECT_EQ(part.there, 0U) << "there behind the purge or the deletion that took it";
          break;
        }
        if (!whole && !(part.unbroken && part.to_last && may_be_cut)) {
          ADD_FAILURE() << "acknowledged and lost: " << part.there << " of " << sent.count << " are there";
          missing.lost += sent.count - part.there;
        }
        if (may_be_emptied(request)) break;
        missing.required += sent.count;
        missing.required_missing += sent.count - part.there;
        break;
    }
    earlier_there = earlier_there || part.there > 0;
  }
}

// A purge of everything, or a deletion, whose answer nobody saw, did all or nothing.
void StationHistory::check_whole(const Found& found) const {
  if (retention_.keeps != Keeps::kAll || emptyings_.empty() || emptyings_.back().answered) return;
  const Emptying& unsure = emptyings_.back();
  if (unsure.before != 0) return;
  std::size_t there = 0;
  std::size_t missing = 0;
  for (std::size_t number = 0; number < clients_.size(); ++number) {
    for (const Request& request : clients_[number].requests) {
      const bool before = request.span.end < unsure.span.begin;
      const bool other = std::any_of(emptyings_.begin(), std::prev(emptyings_.end()),
                                     [&](const Emptying& each) { return request.span.begin < each.span.end; });
      if (request.sent.fate != Fate::kStored || !before || other) continue;
      const Part part = part_of(request.sent, found.numbers[number]);
      there += part.there;
      missing += request.sent.count - part.there;
    }
  }
  EXPECT_TRUE(there == 0 || missing == 0) << "half a purge or deletion: " << there << " there, " << missing << " not";
}

void StationHistory::check_retention(const Found& found, const Missing& missing) const {
  std::uint64_t there = 0;
  for (const auto& numbers : found.numbers) there += numbers.size();
  EXPECT_EQ(there, found.messages) << "the document tells another number";
  switch (retention_.keeps) {
    case Keeps::kNewest:
      EXPECT_GE(there, std::min(retention_.value, missing.required)) << "fewer than the retention keeps";
      EXPECT_LE(there, found.retention_value) << "more than the retention keeps";
      break;
    case Keeps::kBytes:
      if (missing.required_missing > 0) {
        EXPECT_GT(found.bytes + retention_.record_bytes_max, retention_.value) << "less than the retention keeps";
      }
      break;
    case Keeps::kAll:
    case Keeps::kYounger:
    case Keeps::kUntilAcknowledged:
    case Keeps::kNothing: break;
  }
}

void StationHistory::check_sequences(const Found& found) const {
  const std::uint64_t sequences = found.last_sequence + 1 - found.first_sequence;
  EXPECT_LE(found.messages, sequences);
  EXPECT_GE(found.messages + jumped_, sequences);
  const bool same_life = found.created_at == last_found_.created_at;
  EXPECT_TRUE(same_life || deletion_ || last_found_.created_at.empty()) << "another station, and nobody deleted it";
  if (!same_life || retention_.keeps == Keeps::kNothing) return;
  EXPECT_GE(found.first_sequence, last_found_.first_sequence) << "what was gone came back";
  if (!deletion_) check_last_sequence(found);
  for (const Emptying& emptying : emptyings_) {
    if (!emptying.answered || deletion_) continue;
    EXPECT_GE(found.first_sequence, std::min(emptying.before, found.last_sequence + 1))
        << "an answered purge is undone";
  }
}

// Every message takes the next sequence, also one that was purged since: its sequence is not given to another.
void StationHistory::check_last_sequence(const Found& found) const {
  std::uint64_t stored = 0;
  std::uint64_t unanswered = 0;
  for (const Client& client : clients_) {
    for (const Request& request : client.requests) {
      if (request.span.begin < last_found_.span.begin) continue;
      if (request.sent.fate == Fate::kStored) stored += request.sent.count;
      if (request.sent.fate == Fate::kUnanswered) unanswered += request.sent.count;
    }
  }
  EXPECT_GE(found.last_sequence, last_found_.last_sequence + stored) << "sequences are used again";
  EXPECT_LE(found.last_sequence, last_found_.last_sequence + stored + unanswered + jumped_ - jumped_when_found_)
      << "sequences are left out";
}

void StationHistory::check(const Found& found) {
  SCOPED_TRACE(name_);
  Missing missing;
  for (std::size_t client = 0; client < clients_.size(); ++client) check_client(client, found, missing);
  totals_.lost += missing.lost;
  check_whole(found);
  check_retention(found, missing);
  check_sequences(found);
  go_on_from(found);
}

void StationHistory::settle_totals(const Client& client) {
  for (const Request& request : client.requests) {
    if (request.span.begin < last_found_.span.begin) continue;  // counted already
    switch (request.sent.fate) {
      case Fate::kStored: totals_.acknowledged += request.sent.count; break;
      case Fate::kRefused: totals_.refused += request.sent.count; break;
      case Fate::kUnanswered: totals_.unanswered += request.sent.count; break;
    }
  }
}

// What nobody was told: from now on it is known what is there of it.
void StationHistory::decide(Client& client, const std::vector<std::size_t>& numbers, Moment seen) {
  std::deque<Request> decided;
  for (Request& request : client.requests) {
    decided.push_back(request);
    if (request.sent.fate != Fate::kUnanswered) continue;
    Request& stored = decided.back();
    stored.span.end = seen;
    stored.sent.fate = Fate::kStored;
    stored.sent.count = part_of(request.sent, numbers).there;
    Request rest = stored;
    rest.sent = {request.sent.first + stored.sent.count, request.sent.count - stored.sent.count, Fate::kRefused};
    if (stored.sent.count == 0) decided.pop_back();
    if (rest.sent.count > 0) decided.push_back(rest);
  }
  client.requests = std::move(decided);
}

void StationHistory::go_on_from(const Found& found) {
  for (std::size_t number = 0; number < clients_.size(); ++number) {
    Client& client = clients_[number];
    settle_totals(client);
    const auto& numbers = found.numbers[number];
    client.gone_below = numbers.empty() ? client.next_number : numbers.front();
    while (!client.requests.empty()) {
      Sent& sent = client.requests.front().sent;
      if (sent.first >= client.gone_below) break;
      const std::size_t gone = std::min(sent.count, client.gone_below - sent.first);
      sent.first += gone;
      sent.count -= gone;
      if (sent.count > 0) break;
      client.requests.pop_front();
    }
    decide(client, numbers, found.span.begin);
  }
  emptyings_.clear();
  deletion_ = false;
  retention_.value = found.retention_value;
  // The list of dead letters shows a jump with the next letter only.
  const bool jump_seen = found.last_sequence >= last_found_.last_sequence + jumped_ - jumped_when_found_;
  if (jump_seen) jumped_when_found_ = jumped_;
  last_found_ = found;
}

void StationHistory::check_acknowledged(const GroupHistory& workers) {
  SCOPED_TRACE(name_);
  for (std::size_t number = 0; number < clients_.size(); ++number) {
    Client& client = clients_[number];
    settle_totals(client);
    std::deque<Request> gone;
    for (Request& request : client.requests) {
      const Sent& sent = request.sent;
      const bool refused = sent.fate == Fate::kRefused;
      if (refused || must_be_gone(request)) {
        gone.push_back(request);
        gone.back().sent.fate = Fate::kRefused;
      } else if (sent.fate == Fate::kStored && !may_be_emptied(request)) {
        for (std::size_t i = sent.first; i < sent.first + sent.count; ++i) {
          EXPECT_TRUE(workers.has_read({number, i}))
              << "client " << number << ", message " << i << ": acknowledged and never handed out";
        }
      }
    }
    client.requests = std::move(gone);
  }
  emptyings_.clear();
  deletion_ = false;
  last_found_.span.begin = std::chrono::steady_clock::now();
}

void StationHistory::check_read(const GroupHistory& group) const {
  SCOPED_TRACE(name_);
  for (std::size_t client = 0; client < last_found_.numbers.size(); ++client) {
    for (const std::size_t number : last_found_.numbers[client]) {
      EXPECT_TRUE(group.has_read({client, number}))
          << "client " << client << ", message " << number << ": there and never handed out";
    }
  }
}

}  // namespace propylon::testing
