// A compiler that a test governs: it counts, waits to be let go, and says how large its schemas are.
#pragma once
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>

#include "core/thread_annotations.h"
#include "schema/compiler.h"

namespace propylon::schema {

// Accepts the messages that are equal to its definition.
class FakeSchema final : public CompiledSchema {
 public:
  FakeSchema(SchemaType type, std::string_view definition, std::size_t bytes)
      : type_(type), definition_(definition), bytes_(bytes) {}
  SchemaType type() const override { return type_; }
  bool accepts(std::string_view message, Scratch& /*scratch*/) const override { return message == definition_; }
  std::vector<Violation> violations(std::string_view message, Scratch& scratch) const override {
    if (accepts(message, scratch)) return {};
    return {{"", "fake", "", "is not " + definition_}};
  }
  std::string sentence(const std::vector<Violation>& violations, std::string_view name) const override {
    return "fake: " + std::string(name) + ": " + violations.front().message;
  }
  std::size_t memory_bytes() const override { return bytes_; }

 private:
  const SchemaType type_;
  const std::string definition_;
  const std::size_t bytes_;
};

// Supports JSON and Avro. A definition that begins with "bad" has two faults. Thread: any.
class FakeCompiler final : public Compiler {
 public:
  bool supports(SchemaType type) const override { return type == SchemaType::kJson || type == SchemaType::kAvro; }
  std::expected<std::shared_ptr<const CompiledSchema>, std::vector<DefinitionFault>> compile(
      SchemaType type, std::string_view definition, const DefinitionOptions& /*options*/) const override {
    ++compilations;
    std::unique_lock lock(mutex_);
    open_.wait(lock, [this] { return !closed_; });
    if (throws) throw std::runtime_error("a fault of the compiler's own");
    if (definition.starts_with("bad"))
      return std::unexpected(std::vector<DefinitionFault>{{"/a", "The first fault."}, {"/b", "The second fault."}});
    return std::make_shared<const FakeSchema>(type, definition, bytes_each);
  }

  // From now on compilations wait until open() is called.
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  void open() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = false;
    }
    open_.notify_all();
  }

  mutable std::atomic<int> compilations{0};  // begun
  std::atomic<std::size_t> bytes_each{1000};
  std::atomic<bool> throws{false};

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable open_;
  bool closed_ GUARDED_BY(mutex_) = false;
};

}  // namespace propylon::schema
