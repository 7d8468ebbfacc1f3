#include "http/unsettled_answers.h"

#include <linux/sockios.h>
#include <poll.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <exception>
#include <utility>

#include "core/assert.h"
#include "http/connection.h"
#include "http/lane.h"

namespace propylon::http {
namespace {

// Takes part in a lane's count for as long as it lives.
class Report final {
 public:
  explicit Report(Lane& lane) : lane_(lane) { lane_.report_begins(); }
  Report(const Report&) = delete;
  Report& operator=(const Report&) = delete;
  ~Report() { lane_.report_ended(); }

 private:
  Lane& lane_;
};

void log_failure(const Lane& lane, std::string_view request_id, std::string_view reason) noexcept {
  try {
    lane.server.logger.error("what follows an answer failed", {{"request_id", request_id}, {"reason", reason}});
  } catch (const std::exception&) {
    // There is no memory for a line either.
  }
}

Task<void> run_report(Lane& lane, Response::AfterSend after_send, std::string request_id, SendOutcome outcome) {
  const Report report(lane);
  try {
    Task<void> task = after_send(outcome);
    co_await std::move(task);
  } catch (const std::exception& failure) {
    log_failure(lane, request_id, failure.what());
  }
}

}  // namespace

void report_answer(Lane& lane, Response::AfterSend after_send, std::string_view request_id, SendOutcome outcome) {
  try {
    spawn(run_report(lane, std::move(after_send), std::string(request_id), outcome));
  } catch (const std::exception& failure) {
    log_failure(lane, request_id, failure.what());
  }
}

UnsettledAnswers::~UnsettledAnswers() { lane_.loop->disarm(*this); }

void UnsettledAnswers::add(Response::AfterSend after_send, std::string_view request_id, std::uint64_t end) {
  PPL_ASSERT(!full());
  const SteadyTime now = lane_.loop->now();
  answers_.push_back({.after_send = std::move(after_send),
                      .request_id = std::string(request_id),
                      .end = end,
                      .give_up_at = now + std::chrono::milliseconds(lane_.server.options.http_write_timeout_ms),
                      .acknowledged_at = std::nullopt});
  // A consumer that goes on settles by its requests: its timer is armed once per kLookEvery, not once per answer.
  if (!armed()) lane_.loop->arm(*this, now + kLookEvery);
}

bool UnsettledAnswers::nothing_to_read() const {
  int unread = 0;
  return ::ioctl(socket_, SIOCINQ, &unread) == 0 && unread == 0;
}

// Asked before the last byte goes out, not after: a client that waits for it may be faster than a second question.
void UnsettledAnswers::about_to_send() { nothing_older_ = nothing_to_read(); }

void UnsettledAnswers::awaiting_request() {
  if (!nothing_older_ && !answers_.empty()) nothing_older_ = nothing_to_read();
}

// Bytes that were here before the answer was sent prove nothing. Nor does a request that a client that pipelines sent
// while the answer was on its way: the packets of a request acknowledge all that arrived before them.
void UnsettledAnswers::request_came() {
  if (answers_.empty() || !std::exchange(nothing_older_, false)) return;
  const std::uint64_t acknowledged = acknowledged_bytes();
  const auto first_open =
      std::ranges::find_if(answers_, [acknowledged](const Answer& answer) { return answer.end > acknowledged; });
  settle(static_cast<std::size_t>(first_open - answers_.begin()), SendOutcome::kReceived);
}

void UnsettledAnswers::lose() { settle(answers_.size(), SendOutcome::kGone); }

// An error that a call on the socket has already shown is the connection's to know.
bool UnsettledAnswers::broken() const {
  pollfd asked{.fd = socket_, .events = 0, .revents = 0};
  return ::poll(&asked, 1, 0) != 0 && (asked.revents & (POLLERR | POLLNVAL)) != 0;
}

// At least so many: the end of sending counts among the unacknowledged bytes too.
std::uint64_t UnsettledAnswers::acknowledged_bytes() const {
  int unacknowledged = 0;
  if (::ioctl(socket_, SIOCOUTQ, &unacknowledged) != 0) return 0;
  const std::uint64_t sent = connection_.sent_bytes();
  return sent - std::min(sent, static_cast<std::uint64_t>(unacknowledged));
}

void UnsettledAnswers::expired() {
  if (answers_.empty()) return;
  if (broken()) {
    connection_.lose_client();
    return;
  }
  const SteadyTime now = lane_.loop->now();
  const std::uint64_t acknowledged = acknowledged_bytes();
  std::size_t settled = 0;
  for (Answer& answer : answers_) {
    if (answer.end > acknowledged) break;
    if (!answer.acknowledged_at) answer.acknowledged_at = now;
    if (now - *answer.acknowledged_at >= kSettlingTime) ++settled;
  }
  settle(settled, SendOutcome::kReceived);
  if (answers_.empty()) {
    connection_.answers_settled();
    return;
  }
  const Answer& next = answers_.front();
  if (!next.acknowledged_at && now >= next.give_up_at) {
    lane_.server.metrics.count_timeout(TimeoutKind::kWrite);
    connection_.lose_client();
    return;
  }
  lane_.loop->arm(*this, std::min(now + kLookEvery, next.acknowledged_at.value_or(now) + kSettlingTime));
  if (settled != 0) connection_.answers_settled();
}

void UnsettledAnswers::settle(std::size_t count, SendOutcome outcome) {
  for (std::size_t i = 0; i < count; ++i) {
    report_answer(lane_, std::move(answers_[i].after_send), answers_[i].request_id, outcome);
  }
  answers_.erase(answers_.begin(), answers_.begin() + static_cast<std::ptrdiff_t>(count));
}

}  // namespace propylon::http
