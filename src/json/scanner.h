// Walks over JSON strictly without making anything of it: the grammar of RFC 8259, once, for everybody who reads.
//
// Whether the bytes are UTF-8 is checked apart (json/utf8.h): that is faster for the whole text at once.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace propylon::json {

// Told what a Scanner passes, in the order of the text. This one does not want to know; the others have the same four.
struct NoEvents {
  void begin(const char* /*bracket*/) const {}
  void end(const char* /*behind*/) const {}
  void key(const char* /*begin*/, const char* /*end*/) const {}  // with its quotes
  void scalar(const char* /*begin*/, const char* /*end*/) const {}
};

enum class Fault : std::uint8_t { kNone, kSyntax, kDepth };

// Thread: caller serialises. The text outlives it.
class Scanner final {
 public:
  // `depth_max`: how many brackets and braces may stand inside each other in a value.
  Scanner(std::string_view text, std::size_t depth_max)
      : begin_(text.data()), end_(begin_ + text.size()), at_(begin_), depth_max_(depth_max) {}

  bool at_end() const { return at_ == end_; }
  const char* position() const { return at_; }
  std::size_t offset() const { return static_cast<std::size_t>(at_ - begin_); }
  Fault fault() const { return fault_; }

  // U+FEFF in UTF-8 comes next: invisible in an editor, no part of JSON, and may be ignored where a text begins (RFC
  // 8259, section 8.1).
  bool at_byte_order_mark() const {
    return std::string_view(at_, static_cast<std::size_t>(end_ - at_)).starts_with("\xEF\xBB\xBF");
  }
  void skip_byte_order_mark() {
    if (at_byte_order_mark()) at_ += 3;
  }
  void skip_blanks() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\t' || *at_ == '\r')) ++at_;
  }
  // Passes this character if it comes next.
  bool take(char c) {
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }
  // Passes one value, and blanks before it. False at a fault: fault() says which, position() where.
  template <class Events>
  bool value(Events& events) {
    Step step = Step::kValueFollows;
    while (step == Step::kValueFollows) step = next(events);
    return step == Step::kDone;
  }

 private:
  enum class Step { kValueFollows, kDone, kFault };

  // Which brackets are open, a bit each and not on the thread's stack: a hostile text cannot overflow it.
  class Brackets {
   public:
    void push(bool object) {
      if (depth_ / 64 == words_.size()) words_.push_back(0);
      const std::uint64_t bit = std::uint64_t{1} << depth_ % 64;
      words_[depth_ / 64] = object ? words_[depth_ / 64] | bit : words_[depth_ / 64] & ~bit;
      ++depth_;
    }
    void pop() { --depth_; }
    std::size_t depth() const { return depth_; }
    bool in_object() const { return (words_[(depth_ - 1) / 64] >> (depth_ - 1) % 64 & 1) != 0; }

   private:
    std::vector<std::uint64_t> words_;
    std::size_t depth_ = 0;
  };

  Step syntax() {
    fault_ = Fault::kSyntax;
    return Step::kFault;
  }
  template <class Events>
  Step next(Events& events);
  template <class Events>
  Step open(Events& events);
  template <class Events>
  Step key(Events& events);
  template <class Events>
  Step after_value(Events& events);

  // Each passes what it is named for; false at a fault.
  bool scalar();
  bool string();
  bool escape();
  bool number();
  bool digits();
  bool word(std::string_view expected);

  const char* const begin_;
  const char* const end_;
  const char* at_;
  const std::size_t depth_max_;
  Brackets open_;
  Fault fault_ = Fault::kNone;
};

// The Error for a scan that stopped: kInvalidJson, ending in "at byte 17".
Error scan_error(const Scanner& scanner);
// The Error for a whole JSON text that is a value of another type: kInvalidRequest, as in "It is a JSON array where a
// JSON object is wanted, at byte 0". `first` is the value's first character.
Error wrong_type_error(char first, std::string_view wanted, std::size_t offset);
// The Error for text whose first bytes that are not UTF-8 must be looked for.
Error utf8_error(std::string_view text);

template <class Events>
Scanner::Step Scanner::next(Events& events) {
  skip_blanks();
  if (at_ == end_) return syntax();
  if (*at_ == '{' || *at_ == '[') return open(events);
  const char* const start = at_;
  if (!scalar()) return syntax();
  events.scalar(start, at_);
  return after_value(events);
}

template <class Events>
Scanner::Step Scanner::open(Events& events) {
  if (open_.depth() == depth_max_) {
    fault_ = Fault::kDepth;
    return Step::kFault;
  }
  const bool object = *at_ == '{';
  events.begin(at_++);
  open_.push(object);
  skip_blanks();
  if (take(object ? '}' : ']')) {
    open_.pop();
    events.end(at_);
    return after_value(events);
  }
  return object ? key(events) : Step::kValueFollows;
}

template <class Events>
Scanner::Step Scanner::key(Events& events) {
  skip_blanks();
  const char* const start = at_;
  if (at_ == end_ || *at_ != '"' || !string()) return syntax();
  events.key(start, at_);
  skip_blanks();
  return take(':') ? Step::kValueFollows : syntax();
}

template <class Events>
Scanner::Step Scanner::after_value(Events& events) {
  while (open_.depth() > 0) {
    skip_blanks();
    const bool object = open_.in_object();
    if (take(',')) return object ? key(events) : Step::kValueFollows;
    if (!take(object ? '}' : ']')) return syntax();
    open_.pop();
    events.end(at_);
  }
  return Step::kDone;
}

}  // namespace propylon::json
