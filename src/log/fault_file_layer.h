// A file layer whose n-th change fails: for tests of everything that must hold when the disk does not.
#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>

#include "log/file_layer.h"

namespace propylon::log {

enum class FaultKind : std::uint8_t {
  kFail,        // the call fails with kIo; nothing happens
  kFull,        // the call fails with kStorageFull; nothing happens
  kShortWrite,  // a write stores half of its bytes and fails with kStorageFull; other calls fail like kFull
  kStop,        // the process dies: a write stores half, then this and every later call fails
};

// Which calls count. Listing, opening and asking for write-back are never counted, but fail after kStop; reading counts
// with kReads alone.
enum class FaultCalls : std::uint8_t {
  kAll,
  kWrites,     // write_at
  kAllocates,  // allocate
  kTruncates,  // truncate
  kSyncs,      // sync and sync_directory
  kReads,      // read_at and read_cached
};

// Wraps a layer that outlives it and every file opened through it. Thread: any.
class FaultFileLayer final : public FileLayer {
 public:
  explicit FaultFileLayer(FileLayer& layer) : layer_(layer), plan_(std::make_shared<Plan>()) {}

  // Lets `first` counted calls pass, then fails `times` of them (kStop: all that follow). Replaces an earlier plan.
  void plan(FaultKind kind, FaultCalls calls, std::uint64_t first, std::uint64_t times = UINT64_MAX);
  // Runs at the next write_at, once, on its thread and with whatever lock its caller holds: what happens beside it.
  void beside_next_write(std::function<void()> what) {
    plan_->beside_write = std::move(what);
    plan_->has_beside_write = true;
  }
  // No more faults.
  void heal();
  // Counted calls since the plan was made, those that failed included.
  std::uint64_t calls() const { return plan_->seen; }

  Result<void> make_directory(const std::string& path) override;
  Result<std::unique_ptr<File>> create(const std::string& path) override;
  Result<std::unique_ptr<File>> open(const std::string& path) override;
  Result<void> rename(const std::string& from, const std::string& to) override;
  Result<void> unlink(const std::string& path) override;
  Result<void> sync_directory(const std::string& path) override;
  Result<std::vector<std::string>> list(const std::string& path) override;
  Result<FileSpace> space(const std::string& path) override;

  // Shared with the files, which may be closed after the layer is gone.
  struct Plan {
    std::atomic<bool> active{false};
    std::atomic<bool> stopped{false};
    std::atomic<std::uint64_t> seen{0};
    FaultKind kind = FaultKind::kFail;
    FaultCalls calls = FaultCalls::kAll;
    std::uint64_t first = 0;
    std::uint64_t times = 0;
    std::atomic<bool> has_beside_write{false};  // writers on several threads look at this alone
    std::function<void()> beside_write;

    // Whether this call, one of the given sort, fails.
    bool fails(FaultCalls sort);
    Result<void> check(FaultCalls sort);
    Result<void> check_alive() const;
    std::unexpected<Error> error() const;
  };

 private:
  FileLayer& layer_;
  const std::shared_ptr<Plan> plan_;
};

}  // namespace propylon::log
