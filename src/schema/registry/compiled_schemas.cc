#include "schema/registry/compiled_schemas.h"

#include <exception>
#include <functional>

#include "core/yield_to_loops.h"
#include "metrics/names.h"
#include "metrics/registry.h"

namespace propylon::schema::registry {
namespace {

// Different versions that wait; everybody who wants the same one waits for one compilation.
constexpr std::size_t kQueueMax = 256;

}  // namespace

// One version on its way into the cache.
class CompiledSchemas::Compilation final : public Job {
 public:
  Compilation(CompiledSchemas& owner, Wanted what) : wanted(std::move(what)), owner_(owner) {}
  void run() override {
    // Producers wait for it.
    yield_to_loops(Patience::kKeepsUp);
    try {
      result = owner_.compile(wanted);
    } catch (const std::exception& failure) {
      result = fail(ErrorCode::kInternal, std::string("A schema cannot be compiled: ") + failure.what());
    }
    owner_.finish(*this);
  }

  const Wanted wanted;
  Result<CompiledPointer> result{nullptr};  // written before the waiters are resumed, and not afterwards
  std::vector<LoopResumption*> waiters;     // under the owner's mutex

 private:
  CompiledSchemas& owner_;
};

CompiledSchemas::CompiledSchemas(const Options& options, const SchemaDirectory& schemas, const Compiler& compiler,
                                 metrics::Registry& metrics, std::size_t loops)
    : bytes_max_(options.compiled_schemas_bytes_max),
      schemas_(schemas),
      compiler_(compiler),
      compilations_(metrics.counter(metrics::kSchemaCompilations, "Versions of schemas compiled to judge messages.")),
      evicted_(metrics.counter(metrics::kSchemaEvictions, "Compiled schemas that gave way to others.")),
      bytes_gauge_(metrics.gauge(metrics::kSchemaCompiledBytes, "Bytes of memory, roughly, of compiled schemas.")),
      tables_(loops),
      pool_("schema compiler", 1, kQueueMax) {}

CompiledSchemas::~CompiledSchemas() = default;

std::size_t CompiledSchemas::NameHash::operator()(const NameView& name) const {
  constexpr std::size_t kSpread = 0x9E3779B97F4A7C15;  // 2^64 over the golden ratio
  return std::hash<std::string_view>{}(name.name) ^ ((name.account.value << 32 | name.version) * kSpread);
}

const CompiledSchema* CompiledSchemas::find(const Loop& loop, AccountId account, std::string_view name,
                                            std::uint32_t version) {
  LoopTable& table = tables_[loop.index()];
  if (const std::uint64_t now = generation(); table.generation != now) {
    table.schemas.clear();
    table.generation = now;
    return nullptr;
  }
  const auto found = table.schemas.find(NameView{account, name, version});
  return found == table.schemas.end() ? nullptr : found->second.get();
}

Task<Result<CompiledPointer>> CompiledSchemas::load(Loop& loop, AccountId account, std::string_view name,
                                                    std::uint32_t version) {
  const Name key{account, std::string(name), version};
  std::shared_ptr<Compilation> compilation;
  for (;;) {
    // Before the look at the directory: what changes after this line makes what is remembered here void.
    const std::uint64_t as_of = generation();
    const auto wanted = resolve(key);
    if (!wanted) co_return std::unexpected(wanted.error());
    CompiledPointer compiled = look_up(wanted->key());
    // In a cache that is too small another one may have pushed it out already.
    if (!compiled && compilation && compilation->wanted.key() == wanted->key()) compiled = *compilation->result;
    if (compiled) {
      remember(loop, key, compiled, as_of);
      co_return compiled;
    }
    LoopResumption resumption(loop);
    co_await resumption.start([&] {
      compilation = join(*wanted, resumption);
      if (!compilation) resumption.resume();
    });
    if (!compilation)
      co_return fail(ErrorCode::kOverloaded, "Too many schemas wait to be compiled; try again shortly.");
    if (!compilation->result) co_return std::unexpected(compilation->result.error());
  }
}

void CompiledSchemas::adopt(const Schema& schema, std::uint32_t version, const CompiledPointer& compiled) {
  const std::lock_guard lock(mutex_);
  if (bytes_ + compiled->memory_bytes() <= bytes_max_) put({schema.id, version}, compiled);
}

Result<CompiledSchemas::Wanted> CompiledSchemas::resolve(const Name& name) const {
  auto schema = schemas_.find(name.account, name.name);
  if (!schema) return std::unexpected(no_such_schema(name.name));
  const std::uint32_t version = schema->number_of(name.version);
  if (!schema->find(version)) return std::unexpected(no_such_version(name.name, version));
  return Wanted{std::move(schema), version};
}

void CompiledSchemas::remember(const Loop& loop, const Name& name, const CompiledPointer& compiled,
                               std::uint64_t as_of) {
  LoopTable& table = tables_[loop.index()];
  if (table.generation != as_of) table.schemas.clear();
  table.generation = as_of;
  table.schemas.insert_or_assign(name, compiled);
}

CompiledPointer CompiledSchemas::look_up(const Key& key) {
  const std::lock_guard lock(mutex_);
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return nullptr;
  cached_.splice(cached_.begin(), cached_, found->second);
  return found->second->compiled;
}

std::shared_ptr<CompiledSchemas::Compilation> CompiledSchemas::join(const Wanted& wanted, LoopResumption& waiter) {
  const std::lock_guard lock(mutex_);
  auto& under_way = compilations_under_way_[wanted.key()];
  if (!under_way) {
    auto begun = std::make_shared<Compilation>(*this, wanted);
    if (!pool_.try_submit(*begun)) {
      compilations_under_way_.erase(wanted.key());
      return nullptr;
    }
    under_way = std::move(begun);
  }
  under_way->waiters.push_back(&waiter);
  return under_way;
}

Result<CompiledPointer> CompiledSchemas::compile(const Wanted& wanted) const {
  const Schema& schema = *wanted.schema;
  const SchemaVersion& version = *schema.find(wanted.version);
  const std::string which = "Version " + std::to_string(wanted.version) + " of the schema \"" + schema.name + "\"";
  if (!compiler_.supports(schema.type))
    return fail(ErrorCode::kInvalidSchema,
                which + " has a type that this server does not know: " + std::string(to_string(schema.type)) + ".");
  compilations_.add();
  auto compiled = compiler_.compile(schema.type, version.definition, version.options);
  if (compiled) return std::move(*compiled);
  const DefinitionFault& first = compiled.error().front();
  return fail(ErrorCode::kInvalidSchema,
              which + " does not compile with this server: " + first.pointer + ": " + first.message);
}

void CompiledSchemas::finish(Compilation& compilation) {
  std::shared_ptr<Compilation> keep;  // until the last waiter is resumed
  {
    const std::lock_guard lock(mutex_);
    const auto it = compilations_under_way_.find(compilation.wanted.key());
    keep = std::move(it->second);
    compilations_under_way_.erase(it);
    if (compilation.result) put(compilation.wanted.key(), *compilation.result);
  }
  // Out of the map, so nobody joins any more.
  for (LoopResumption* waiter : compilation.waiters) waiter->resume();
}

// The newest one stays, however large it is: without it each message of its station would have it compiled again. One
// that is there already stays too: who put it and who sent the first message may both have compiled it.
void CompiledSchemas::put(const Key& key, const CompiledPointer& compiled) {
  if (by_key_.contains(key)) return;
  cached_.push_front({key, compiled, compiled->memory_bytes()});
  by_key_[key] = cached_.begin();
  bytes_ += cached_.front().bytes;
  while (bytes_ > bytes_max_ && cached_.size() > 1) {
    const Cached& oldest = cached_.back();
    bytes_ -= oldest.bytes;
    by_key_.erase(oldest.key);
    cached_.pop_back();
    evicted_.add();
    evictions_.fetch_add(1, std::memory_order_release);
  }
  bytes_gauge_.set(static_cast<std::int64_t>(bytes_));
}

}  // namespace propylon::schema::registry
