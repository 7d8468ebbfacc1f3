#include "core/worker_pool.h"

#include <pthread.h>

namespace propylon {

WorkerPool::WorkerPool(const std::string& name, std::size_t threads, std::size_t queue_max)
    : runs_at_once_(threads == 0), queue_max_(queue_max) {
  for (std::size_t i = 0; i < threads; ++i) {
    threads_.emplace_back([this] { work(); });
    ::pthread_setname_np(threads_.back().native_handle(), name.substr(0, 15).c_str());
  }
}

WorkerPool::~WorkerPool() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  ready_.notify_all();
  threads_.clear();
}

bool WorkerPool::try_submit(Job& job) {
  if (runs_at_once_) {
    job.run();
    return true;
  }
  {
    std::lock_guard lock(mutex_);
    if (stopping_ || queued_ >= queue_max_) return false;
    jobs_.push(job);
    ++queued_;
  }
  ready_.notify_one();
  return true;
}

std::size_t WorkerPool::queued() const {
  std::lock_guard lock(mutex_);
  return queued_;
}

void WorkerPool::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    ready_.wait(lock, [this] { return stopping_ || queued_ > 0; });
    Job* job = jobs_.pop();
    if (!job) return;
    --queued_;
    lock.unlock();
    job->run();
    lock.lock();
  }
}

}  // namespace propylon
