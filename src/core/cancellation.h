// Tells a wait inside one loop that nobody wants its answer any more: the client has gone, or the server stops.
#pragma once

namespace propylon {

// One waiter, one loop. Thread: the loop.
class Cancellation {
 public:
  class Listener {
   public:
    // Called once from request(); must not destroy the Cancellation.
    virtual void cancelled() = 0;

   protected:
    ~Listener() = default;
  };

  bool requested() const { return requested_; }
  void request() {
    if (requested_) return;
    requested_ = true;
    if (Listener* listener = listener_) {
      listener_ = nullptr;
      listener->cancelled();
    }
  }
  // At most one listener; nullptr takes it back. Not called when already requested: look first.
  void listen(Listener* listener) { listener_ = listener; }

 private:
  bool requested_ = false;
  Listener* listener_ = nullptr;
};

}  // namespace propylon
