// Text that must not be printed, logged or shown: passwords, keys, tokens.
#pragma once
#include <string>
#include <string_view>
#include <utility>

namespace propylon {

// Has no stream operator and no conversion to a string: whoever needs the bytes says reveal(), which is easy to
// find in a review. The memory is overwritten when the value goes.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}
  Secret(const Secret&) = default;
  Secret& operator=(const Secret&) = default;
  Secret(Secret&& other) noexcept : text_(std::exchange(other.text_, {})) {}
  Secret& operator=(Secret&& other) noexcept {
    wipe();
    text_ = std::exchange(other.text_, {});
    return *this;
  }
  ~Secret() { wipe(); }

  bool empty() const { return text_.empty(); }
  std::string_view reveal() const { return text_; }

 private:
  void wipe() {
    volatile char* p = text_.data();
    for (std::size_t i = 0; i < text_.size(); ++i) p[i] = 0;
  }
  std::string text_;
};

// Whether two byte strings are equal, in a time that depends on their lengths alone.
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace propylon
