#include "http/request_input.h"

#include <algorithm>
#include <utility>

namespace propylon::http {

std::string_view RequestInput::unread() const {
  return own_.empty() ? in_shared_ : std::string_view(own_).substr(own_at_);
}

void RequestInput::received(std::size_t size) {
  const std::string_view fresh(shared_.bytes.get(), size);
  if (own_.empty()) {
    in_shared_ = fresh;
    return;
  }
  own_.erase(0, std::exchange(own_at_, 0));
  own_.append(fresh);
}

std::size_t RequestInput::skip(std::size_t size) {
  size = std::min(size, unread().size());
  if (own_.empty()) {
    in_shared_.remove_prefix(size);
  } else if (own_at_ += size; own_at_ == own_.size()) {
    std::string().swap(own_);
    own_at_ = 0;
  }
  return size;
}

bool RequestInput::own() {
  if (!in_shared_.empty()) own_.assign(std::exchange(in_shared_, {}));
  if (parsing_ && !kept_) keep_request();
  return share_.grow_to(owned_bytes());
}

RequestInput::Kept& RequestInput::keep_request() {
  kept_ = std::make_unique<Kept>();
  std::swap(kept_->request, shared_.request);
  return *kept_;
}

RequestParser::Progress RequestInput::read_head(const HeadLimits& limits) {
  if (!parsing_) {
    if (unread().empty()) return RequestParser::Progress::kNeedMore;
    parser_.start(request());
    parsing_ = true;
  }
  const auto progress = parser_.parse(unread(), limits, request());
  if (progress == RequestParser::Progress::kComplete) request_bytes_ = parser_.head_bytes();
  return progress;
}

bool RequestInput::has_whole_body() const {
  const Request& request = kept_ ? kept_->request : shared_.request;
  return !request.is_chunked() && unread().size() - request_bytes_ >= request.content_length();
}

void RequestInput::take_body() {
  Request& request = this->request();
  request.body_ = unread().substr(request_bytes_, static_cast<std::size_t>(request.content_length()));
  request_bytes_ += request.body_.size();
}

bool RequestInput::separate_head() {
  Kept& kept = kept_ ? *kept_ : keep_request();
  kept.separate = true;
  kept.head.assign(unread().substr(0, request_bytes_));
  kept.request.head_ = kept.head.data();
  skip(std::exchange(request_bytes_, 0));
  return share_.grow_to(owned_bytes());
}

bool RequestInput::reserve_body() {
  const std::uint64_t announced = kept_->request.content_length();
  if (!share_.grow_to(owned_bytes() + announced)) return false;
  kept_->body.reserve(static_cast<std::size_t>(announced));
  return true;
}

ChunkDecoder::Progress RequestInput::read_body(std::uint64_t body_bytes_max) {
  Kept& kept = *kept_;
  auto progress = ChunkDecoder::Progress::kNeedMore;
  if (kept.request.is_chunked()) {
    std::size_t used = 0;
    progress = kept.chunks.decode(unread(), used, kept.body, body_bytes_max);
    body_refusal_ = kept.chunks.refusal();
    skip(used);
  } else {
    const std::uint64_t missing = kept.request.content_length() - kept.body.size();
    const std::string_view part = unread().substr(0, static_cast<std::size_t>(missing));
    kept.body.append(part);
    skip(part.size());
    if (kept.body.size() == kept.request.content_length()) progress = ChunkDecoder::Progress::kComplete;
  }
  if (progress == ChunkDecoder::Progress::kComplete) kept.request.body_ = kept.body;
  return progress;
}

void RequestInput::replace_body(std::string decoded) {
  Kept& kept = kept_ ? *kept_ : keep_request();
  kept.decoded = std::move(decoded);
  kept.request.body_ = kept.decoded;
  kept.request.body_was_decoded_ = true;
}

void RequestInput::keep() {
  Kept& kept = kept_ ? *kept_ : keep_request();
  if (kept.separate || in_shared_.empty()) return;
  const char* before = in_shared_.data();
  const bool body_moves = !kept.request.body_was_decoded_ && !kept.request.body_.empty();
  const std::size_t body_at = body_moves ? static_cast<std::size_t>(kept.request.body_.data() - before) : 0;
  own_.assign(std::exchange(in_shared_, {}));
  kept.request.head_ = own_.data();
  if (body_moves) kept.request.body_ = std::string_view(own_).substr(body_at, kept.request.body_.size());
}

bool RequestInput::survive_wait() {
  // A request in own memory whose parsed form is still the shared one is lost like any other.
  const bool kept = kept_ && (kept_->separate || in_shared_.empty());
  if (!in_shared_.empty()) {
    skip(std::exchange(request_bytes_, 0));
    own_.assign(std::exchange(in_shared_, {}));
  }
  if (!kept) parsing_ = false;
  return kept;
}

// own() and survive_wait() ask for memory only while there is something in the shared one.
bool RequestInput::drop_shared() {
  in_shared_ = {};
  request_bytes_ = 0;
  parsing_ = false;
  return kept_ && kept_->separate;
}

void RequestInput::finish_request() {
  skip(std::exchange(request_bytes_, 0));
  kept_.reset();
  share_.release();
  parsing_ = false;
}

}  // namespace propylon::http
