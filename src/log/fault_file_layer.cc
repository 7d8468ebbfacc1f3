#include "log/fault_file_layer.h"

#include <utility>

namespace propylon::log {
namespace {

using Plan = FaultFileLayer::Plan;

class FaultFile final : public File {
 public:
  FaultFile(std::unique_ptr<File> file, std::shared_ptr<Plan> plan) : file_(std::move(file)), plan_(std::move(plan)) {}

  Result<void> write_at(ByteView bytes, std::uint64_t offset) override {
    PPL_CHECK(plan_->check_alive());
    if (plan_->has_beside_write && plan_->has_beside_write.exchange(false))
      std::exchange(plan_->beside_write, nullptr)();
    if (!plan_->fails(FaultCalls::kWrites)) return file_->write_at(bytes, offset);
    if (plan_->kind == FaultKind::kShortWrite || plan_->kind == FaultKind::kStop) {
      PPL_CHECK(file_->write_at(bytes.substr(0, bytes.size() / 2), offset));
    }
    return plan_->error();
  }
  Result<std::size_t> read_at(std::span<char> into, std::uint64_t offset) const override {
    PPL_CHECK(plan_->check(FaultCalls::kReads));
    return file_->read_at(into, offset);
  }
  Result<std::optional<std::size_t>> read_cached(std::span<char> into, std::uint64_t offset) const override {
    PPL_CHECK(plan_->check(FaultCalls::kReads));
    return file_->read_cached(into, offset);
  }
  Result<void> allocate(std::uint64_t bytes) override {
    PPL_CHECK(plan_->check(FaultCalls::kAllocates));
    return file_->allocate(bytes);
  }
  Result<void> truncate(std::uint64_t bytes) override {
    PPL_CHECK(plan_->check(FaultCalls::kTruncates));
    return file_->truncate(bytes);
  }
  Result<void> sync() override {
    PPL_CHECK(plan_->check(FaultCalls::kSyncs));
    return file_->sync();
  }
  void start_writeback(std::uint64_t offset, std::uint64_t bytes) override { file_->start_writeback(offset, bytes); }
  Result<std::uint64_t> size() const override { return file_->size(); }
  Result<std::uint64_t> next_data(std::uint64_t offset) const override { return file_->next_data(offset); }
  Result<std::unique_ptr<FileMapping>> map() const override { return file_->map(); }

 private:
  const std::unique_ptr<File> file_;
  const std::shared_ptr<Plan> plan_;  // shared with the layer and its other files
};

Result<std::unique_ptr<File>> wrap(Result<std::unique_ptr<File>> file, const std::shared_ptr<Plan>& plan) {
  if (!file) return file;
  return std::make_unique<FaultFile>(*std::move(file), plan);
}

}  // namespace

bool Plan::fails(FaultCalls sort) {
  const bool counts = calls == sort || (calls == FaultCalls::kAll && sort != FaultCalls::kReads);
  if (!active || !counts) return false;
  const std::uint64_t number = seen++;
  if (number < first || number - first >= times) return false;
  if (kind == FaultKind::kStop) stopped = true;
  return true;
}

Result<void> Plan::check(FaultCalls sort) {
  PPL_CHECK(check_alive());
  if (fails(sort)) return error();
  return {};
}

Result<void> Plan::check_alive() const {
  if (stopped) return error();
  return {};
}

std::unexpected<Error> Plan::error() const {
  const bool full = kind == FaultKind::kFull || kind == FaultKind::kShortWrite;
  return fail(full ? ErrorCode::kStorageFull : ErrorCode::kIo, "A fault on purpose.");
}

void FaultFileLayer::plan(FaultKind kind, FaultCalls calls, std::uint64_t first, std::uint64_t times) {
  plan_->active = false;
  plan_->stopped = false;
  plan_->seen = 0;
  plan_->kind = kind;
  plan_->calls = calls;
  plan_->first = first;
  plan_->times = times;
  plan_->active = true;
}

void FaultFileLayer::heal() {
  plan_->active = false;
  plan_->stopped = false;
}

Result<void> FaultFileLayer::make_directory(const std::string& path) {
  PPL_CHECK(plan_->check_alive());
  return layer_.make_directory(path);
}
Result<std::unique_ptr<File>> FaultFileLayer::create(const std::string& path) {
  PPL_CHECK(plan_->check(FaultCalls::kAll));
  return wrap(layer_.create(path), plan_);
}
Result<std::unique_ptr<File>> FaultFileLayer::open(const std::string& path) {
  PPL_CHECK(plan_->check_alive());
  return wrap(layer_.open(path), plan_);
}
Result<void> FaultFileLayer::rename(const std::string& from, const std::string& to) {
  PPL_CHECK(plan_->check(FaultCalls::kAll));
  return layer_.rename(from, to);
}
Result<void> FaultFileLayer::unlink(const std::string& path) {
  PPL_CHECK(plan_->check(FaultCalls::kAll));
  return layer_.unlink(path);
}
Result<void> FaultFileLayer::sync_directory(const std::string& path) {
  PPL_CHECK(plan_->check(FaultCalls::kSyncs));
  return layer_.sync_directory(path);
}
Result<std::vector<std::string>> FaultFileLayer::list(const std::string& path) {
  PPL_CHECK(plan_->check_alive());
  return layer_.list(path);
}
Result<FileSpace> FaultFileLayer::space(const std::string& path) {
  PPL_CHECK(plan_->check_alive());
  return layer_.space(path);
}

}  // namespace propylon::log
