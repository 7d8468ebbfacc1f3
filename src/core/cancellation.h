// Tells a wait inside one loop to end early: the client has gone, or the server stops.
#pragma once
#include <cstdint>

namespace propylon {

// One waiter, one loop. Thread: the loop.
class Cancellation {
 public:
  enum class Reason : std::uint8_t {
    kNone,
    kClientGone,  // nobody will read the answer: hand nothing out
    kDraining,    // answer now with what is there
  };
  class Listener {
   public:
    // Called once from request(); must not destroy the Cancellation.
    virtual void cancelled() = 0;

   protected:
    ~Listener() = default;
  };

  Reason reason() const { return reason_; }
  bool requested() const { return reason_ != Reason::kNone; }
  // A client that goes while the server drains has gone: the later reason counts.
  void request(Reason reason) {
    if (reason_ == Reason::kClientGone) return;
    reason_ = reason;
    if (Listener* listener = listener_) {
      listener_ = nullptr;
      listener->cancelled();
    }
  }
  // At most one listener; nullptr takes it back. Not called when already requested: look first.
  void listen(Listener* listener) { listener_ = listener; }

 private:
  Reason reason_ = Reason::kNone;
  Listener* listener_ = nullptr;
};

}  // namespace propylon
