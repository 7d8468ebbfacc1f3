// Threads for what an I/O loop must not wait for: password hashes, catalog changes, cold reads.
//
// The queue is bounded; a full one refuses, it does not grow. Jobs run in the order in which they came, each on
// one of the pool's threads. The destructor finishes what is queued.
#pragma once
#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "core/loop.h"
#include "core/result.h"
#include "core/task.h"
#include "core/thread_annotations.h"

namespace propylon {

// Thread: any (locks inside).
class WorkerPool final {
 public:
  // `name` shows in ps and debuggers (15 characters at most). Without threads a job runs on the thread that submits it,
  // at once: for tests, which then run the same way each time.
  WorkerPool(const std::string& name, std::size_t threads, std::size_t queue_max);
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;
  ~WorkerPool();

  // False when the queue is full; the job was not taken then. The job lives until it has run.
  [[nodiscard]] bool try_submit(Job& job);
  std::size_t queued() const;

 private:
  void work();

  const bool runs_at_once_;
  const std::size_t queue_max_;
  mutable std::mutex mutex_;
  std::condition_variable ready_;
  JobList jobs_ GUARDED_BY(mutex_);
  std::size_t queued_ GUARDED_BY(mutex_) = 0;
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::vector<std::jthread> threads_;
};

// Runs `work` (a callable that gives a Result) on the pool and comes back to the loop with what it gave.
// Errors: those of the work; kOverloaded when the queue is full, and nothing ran. An exception that leaves the work
// comes out of the await. Everything that `work` refers to must live in the awaiting coroutine.
template <class Work>
auto run_on(WorkerPool& pool, Loop& loop, Work work) -> Task<decltype(work())> {
  struct Submission final : Job {
    Submission(Work& w, Loop& l) : work(w), resumption(l) {}
    void run() override {
      try {
        result.emplace(work());
      } catch (...) {
        exception = std::current_exception();
      }
      resumption.resume();
    }
    Work& work;
    LoopResumption resumption;
    std::optional<decltype(work())> result;
    std::exception_ptr exception;
    bool refused = false;
  };
  Submission submission(work, loop);
  co_await submission.resumption.start([&] {
    if (!pool.try_submit(submission)) {
      submission.refused = true;
      submission.resumption.resume();
    }
  });
  if (submission.refused)
    co_return fail(ErrorCode::kOverloaded, "The server has too much of this work waiting; try again shortly.");
  if (submission.exception) std::rethrow_exception(submission.exception);
  co_return std::move(*submission.result);
}

}  // namespace propylon
