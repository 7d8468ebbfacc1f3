// A disk that fills up under load and is freed again: 507 while it is full, no acknowledged message lost, and messages
// are taken again without anybody's help.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <mutex>
#include <set>
#include <thread>

#include "support/gateway.h"
#include "support/json_members.h"

namespace propylon::testing {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 60s;
constexpr std::uint64_t kMiB = 1 << 20;

// A small file system in memory, where this process may mount one.
class SmallDisk final {
 public:
  explicit SmallDisk(std::uint64_t bytes) {
    const std::string options = "size=" + std::to_string(bytes);
    mounted_ = ::mount("tmpfs", path().c_str(), "tmpfs", 0, options.c_str()) == 0;
  }
  ~SmallDisk() {
    if (mounted_) ::umount2(path().c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  bool mounted() const { return mounted_; }
  const std::filesystem::path& path() const { return directory_.path(); }
  // As if somebody else needed all that is left.
  void fill() const {
    std::ofstream file(path() / "foreign");
    const std::string piece(64 << 10, 'f');
    while (file.write(piece.data(), static_cast<std::streamsize>(piece.size())).flush()) continue;
  }
  void free() const { std::filesystem::remove(path() / "foreign"); }

 private:
  TemporaryDirectory directory_;
  bool mounted_ = false;
};

// Several producers that never stop; each message says who sent it as its how manieth.
class Load final {
 public:
  Load(Gateway& gateway, int producers) {
    const std::string token = gateway.bearer();
    for (int i = 0; i < producers; ++i) {
      threads_.emplace_back([this, i, token, port = gateway.process().port()] { produce(i, token, port); });
    }
  }
  ~Load() { stop(); }
  void stop() {
    stop_ = true;
    threads_.clear();
  }

  std::size_t stored() const { return stored_; }
  std::size_t refused() const { return refused_; }
  // What was acknowledged, and answers that were neither success nor 507; after stop().
  const std::set<std::string>& acknowledged() const { return acknowledged_; }
  const std::set<std::string>& others() const { return others_; }

  // Until `condition` holds; false when it does not in time.
  template <class Condition>
  static bool await(Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (!condition()) {
      if (std::chrono::steady_clock::now() >= deadline) return false;
      std::this_thread::yield();
    }
    return true;
  }

 private:
  void produce(int producer, const std::string& token, std::uint16_t port) try {
    HttpClient client(port, kPatience);
    for (int i = 0; !stop_; ++i) {
      const std::string name = std::to_string(producer) + "." + std::to_string(i) + ".";
      const auto answer = client.request("POST", "/stations/load/produce/single", {{"Authorization", token}},
                                         name + std::string(64 << 10, 'x'));
      const std::lock_guard lock(mutex_);
      if (answer.body == kStored) {
        acknowledged_.insert(name);
        ++stored_;
      } else if (answer.status == 507) {
        if (answer.field("Retry-After").empty()) others_.insert("507 without Retry-After");
        ++refused_;
      } else {
        others_.insert(answer.body);
      }
    }
  } catch (const std::exception& failure) {
    const std::lock_guard lock(mutex_);
    others_.insert(failure.what());
  }

  std::atomic<bool> stop_{false};
  std::atomic<std::size_t> stored_{0};
  std::atomic<std::size_t> refused_{0};
  std::mutex mutex_;
  std::set<std::string> acknowledged_;
  std::set<std::string> others_;
  std::vector<std::jthread> threads_;
};

std::set<std::string> stored_in(Gateway& gateway, const std::string& group) {
  std::set<std::string> names;
  for (std::size_t got = 1; got > 0;) {
    const auto messages = gateway.drain("load", group);
    got = messages.size();
    for (const auto& message : messages) names.insert(message.payload.substr(0, message.payload.find('x')));
  }
  return names;
}

// What was refused may not be there either; it was the client's to send again.
void expect_exactly(const std::set<std::string>& stored, const Load& load) {
  EXPECT_EQ(stored.size(), load.acknowledged().size());
  EXPECT_EQ(stored, load.acknowledged());
  EXPECT_EQ(load.others(), std::set<std::string>());
}

TEST(FullDisk, IsSaidAndForgottenWhenSomebodyElseFillsItUnderLoad) {
  // Segments of 64 MiB: one in use and two ready, and room for one more.
  const SmallDisk disk(280 * kMiB);
  if (!disk.mounted()) GTEST_SKIP() << "no file system can be mounted here";
  // The limit of its own (four fifths of the file system) would come first.
  Gateway gateway({.flags = {"--data-bytes-max", "10000000000"}, .data_dir = disk.path() / "data"});
  Load load(gateway, 3);
  ASSERT_TRUE(Load::await([&] { return load.stored() > 50; }));
  disk.fill();
  ASSERT_TRUE(Load::await([&] { return load.refused() > 20; })) << load.stored();
  EXPECT_EQ(gateway.send("GET", "/livez").status, 200);
  disk.free();
  const std::size_t stored = load.stored();
  ASSERT_TRUE(Load::await([&] { return load.stored() > stored + 20; })) << "it does not recover";
  load.stop();
  EXPECT_EQ(gateway.send("GET", "/readyz").status, 200);
  gateway.process().kill();
  gateway.process().start();
  expect_exactly(stored_in(gateway, "behind"), load);
  EXPECT_EQ(gateway.process().terminate().code, 0);
}

TEST(FullDisk, OfItsOwnMakingEndsWhenMessagesAreRemoved) {
  // The segment in use and the two that stand ready.
  Gateway gateway({.flags = {"--data-bytes-max", std::to_string(192 * kMiB)}});
  Load load(gateway, 3);
  ASSERT_TRUE(Load::await([&] { return load.refused() > 20; }));
  // Consumers go on while nothing is taken, and can empty it.
  EXPECT_FALSE(gateway.drain("load", "reader").empty());
  const std::size_t refused_at_least = load.refused();
  load.stop();
  EXPECT_GE(load.refused(), refused_at_least);
  expect_exactly(stored_in(gateway, "before"), load);
  const auto purged = gateway.post("/stations/load/purge", "{}");
  ASSERT_EQ(purged.status, 200) << purged.body;
  EXPECT_TRUE(Load::await([&] { return gateway.produce("load", "again").body == kStored; })) << "it does not recover";
  EXPECT_EQ(payloads_of(gateway.drain("load", "behind")), std::vector<std::string>{"again"});
  EXPECT_EQ(gateway.process().terminate().code, 0);
}

}  // namespace
}  // namespace propylon::testing
