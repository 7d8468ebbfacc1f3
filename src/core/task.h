// Task<T>: a coroutine that runs when it is awaited, and spawn(), which starts one that nobody awaits.
//
// Lazy, one awaiter, no thread of its own: it runs on whichever thread resumes it, which for every await in this
// program is the loop that the request belongs to. Frames come from the frame pool. The Task owns its frame;
// destroying a Task that is suspended destroys what it holds.
#pragma once
#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

#include "core/assert.h"
#include "core/frame_pool.h"

namespace propylon {

template <class T>
class Task;

namespace task_detail {

struct FinalAwaiter {
  bool await_ready() const noexcept { return false; }
  template <class Promise>
  std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> done) const noexcept {
    return done.promise().awaiter;
  }
  void await_resume() const noexcept {}
};

struct PromiseBase {
  std::coroutine_handle<> awaiter = std::noop_coroutine();
  std::exception_ptr exception;

  static void* operator new(std::size_t bytes) { return allocate_frame(bytes); }
  static void operator delete(void* frame, std::size_t bytes) noexcept { free_frame(frame, bytes); }
  std::suspend_always initial_suspend() const noexcept { return {}; }
  FinalAwaiter final_suspend() const noexcept { return {}; }
  void unhandled_exception() noexcept { exception = std::current_exception(); }
};

template <class T>
struct Promise : PromiseBase {
  std::optional<T> value;
  Task<T> get_return_object() noexcept;
  template <class U = T>
  void return_value(U&& result) {
    value.emplace(std::forward<U>(result));
  }
  T take() {
    if (exception) std::rethrow_exception(exception);
    return std::move(*value);
  }
};

template <>
struct Promise<void> : PromiseBase {
  Task<void> get_return_object() noexcept;
  void return_void() const noexcept {}
  void take() const {
    if (exception) std::rethrow_exception(exception);
  }
};

}  // namespace task_detail

template <class T = void>
class [[nodiscard]] Task {
 public:
  using promise_type = task_detail::Promise<T>;
  using Handle = std::coroutine_handle<promise_type>;

  explicit Task(Handle handle) noexcept : handle_(handle) {}
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Task& operator=(Task&&) = delete;
  ~Task() {
    if (handle_) handle_.destroy();
  }

  // Starts the coroutine and suspends the awaiter until it has finished. May be awaited once. An exception that
  // leaves the coroutine comes out of the await.
  auto operator co_await() noexcept {
    struct Awaiter {
      Handle handle;
      bool await_ready() const noexcept { return false; }
      std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiter) const noexcept {
        handle.promise().awaiter = awaiter;
        return handle;
      }
      T await_resume() const { return handle.promise().take(); }
    };
    PPL_ASSERT(handle_ && !handle_.done());
    return Awaiter{handle_};
  }

 private:
  Handle handle_;
};

namespace task_detail {

template <class T>
Task<T> Promise<T>::get_return_object() noexcept {
  return Task<T>(std::coroutine_handle<Promise<T>>::from_promise(*this));
}
inline Task<void> Promise<void>::get_return_object() noexcept {
  return Task<void>(std::coroutine_handle<Promise<void>>::from_promise(*this));
}

struct Detached {
  struct promise_type {
    static void* operator new(std::size_t bytes) { return allocate_frame(bytes); }
    static void operator delete(void* frame, std::size_t bytes) noexcept { free_frame(frame, bytes); }
    Detached get_return_object() const noexcept { return {}; }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    // Whoever is spawned handles its own errors: an exception here has nobody left to tell.
    void unhandled_exception() const noexcept { std::terminate(); }
  };
};

}  // namespace task_detail

// Runs a task until its first suspension, on this thread; the frame goes when the task ends. An exception that
// leaves the task ends the process.
inline task_detail::Detached spawn(Task<void> task) { co_await std::move(task); }

}  // namespace propylon
