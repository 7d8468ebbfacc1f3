// The schemas that are ready to judge messages: what produce asks for each one.
//
// Two stages. Each loop has a table of its own, by name and version, that only it touches: find() is a look at two
// counters and at that table. Behind them stands one cache for all loops, bounded in bytes, in which a version of a
// schema is compiled once, however many loops want it at the same time. A change of any schema and an eviction from the
// cache empty the loops' tables, each at its loop's next call.
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/loop.h"
#include "core/result.h"
#include "core/task.h"
#include "core/thread_annotations.h"
#include "core/worker_pool.h"
#include "metrics/counter.h"
#include "schema/compiler.h"
#include "schema/registry/options.h"
#include "schema/registry/schema_directory.h"

namespace propylon::metrics {
class Registry;
}

namespace propylon::schema::registry {

// shared_ptr: a message that is being judged keeps its schema when the cache lets it go.
using CompiledPointer = std::shared_ptr<const CompiledSchema>;

// Thread: any loop's; a call stays on its loop. The loops must outlive it: its destructor waits for the compilation
// that is under way. What is given to it outlives it too.
class CompiledSchemas final {
 public:
  // `loops`: the server's number of loops.
  CompiledSchemas(const Options& options, const SchemaDirectory& schemas, const Compiler& compiler,
                  metrics::Registry& metrics, std::size_t loops);
  ~CompiledSchemas();

  // The compiled schema from the loop's own table; version 0 is the active one. No lock, no allocation. Null when it is
  // not there: then load(). Follows every change of the directory that was finished before the call. Good until the
  // coroutine suspends.
  const CompiledSchema* find(const Loop& loop, AccountId account, std::string_view name, std::uint32_t version);

  // Takes it from the cache, or has it compiled on a thread of its own behind a bounded queue; find() has it
  // afterwards, until something changes. Suspends only to compile. `name` is not looked at after the first suspension.
  // Errors: kSchemaNotFound (no such schema, or no such version of it); kInvalidSchema (a definition that was stored
  // does not compile with this program); kOverloaded (too many compilations wait).
  Task<Result<CompiledPointer>> load(Loop& loop, AccountId account, std::string_view name, std::uint32_t version);

  // Takes a stored version that was compiled elsewhere into the cache, so that the first message need not wait for its
  // compilation. It is left out when another would have to make room for it: nobody has asked for it yet. Thread: any.
  void adopt(const Schema& schema, std::uint32_t version, const CompiledPointer& compiled);

 private:
  struct NameView {
    AccountId account;
    std::string_view name;
    std::uint32_t version;
    friend bool operator==(const NameView&, const NameView&) = default;
  };
  struct Name {
    AccountId account;
    std::string name;
    std::uint32_t version;
    NameView view() const { return {account, name, version}; }
  };
  struct NameHash {
    using is_transparent = void;
    std::size_t operator()(const NameView& name) const;
    std::size_t operator()(const Name& name) const { return (*this)(name.view()); }
  };
  struct NameEqual {
    using is_transparent = void;
    static const NameView& view(const NameView& name) { return name; }
    static NameView view(const Name& name) { return name.view(); }
    bool operator()(const auto& a, const auto& b) const { return view(a) == view(b); }
  };
  struct alignas(64) LoopTable {
    std::uint64_t generation = 0;
    std::unordered_map<Name, CompiledPointer, NameHash, NameEqual> schemas;
  };

  // A version by the schema's id: it never changes, and a schema that is made again has another one.
  using Key = std::pair<std::uint64_t, std::uint32_t>;
  struct Wanted {
    std::shared_ptr<const Schema> schema;
    std::uint32_t version;
    Key key() const { return {schema->id, version}; }
  };
  struct Cached {
    Key key;
    CompiledPointer compiled;
    std::size_t bytes;
  };
  class Compilation;

  // Grows with every change of a schema and every eviction.
  std::uint64_t generation() const { return schemas_.version() + evictions_.load(std::memory_order_acquire); }
  Result<Wanted> resolve(const Name& name) const;
  void remember(const Loop& loop, const Name& name, const CompiledPointer& compiled, std::uint64_t generation);
  // Null when it is not in the cache.
  CompiledPointer look_up(const Key& key);
  // Lets `waiter` be resumed when the version has been compiled, and begins with that unless somebody has. Null when
  // there is no room in the queue: nobody is resumed then.
  std::shared_ptr<Compilation> join(const Wanted& wanted, LoopResumption& waiter);
  Result<CompiledPointer> compile(const Wanted& wanted) const;
  void finish(Compilation& compilation);
  void put(const Key& key, const CompiledPointer& compiled);

  const std::uint64_t bytes_max_;
  const SchemaDirectory& schemas_;
  const Compiler& compiler_;
  metrics::Counter& compilations_;
  metrics::Counter& evicted_;
  metrics::Gauge& bytes_gauge_;
  std::vector<LoopTable> tables_;  // by Loop::index(), each for its loop alone
  std::atomic<std::uint64_t> evictions_{0};

  std::mutex mutex_;
  std::list<Cached> cached_ GUARDED_BY(mutex_);  // the one that was loaded last stands first
  std::map<Key, std::list<Cached>::iterator> by_key_ GUARDED_BY(mutex_);
  std::uint64_t bytes_ GUARDED_BY(mutex_) = 0;
  // shared_ptr: this map, until it has run, and those who wait for it share a Compilation.
  std::map<Key, std::shared_ptr<Compilation>> compilations_under_way_ GUARDED_BY(mutex_);
  WorkerPool pool_;  // last: its jobs use what stands above
};

}  // namespace propylon::schema::registry
