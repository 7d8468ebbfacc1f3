// propylon log check DIR: what it prints about good and damaged data directories, and when it does not check at all.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <map>
#include <set>

#include "support/gateway.h"

namespace propylon::testing {
namespace {

namespace fs = std::filesystem;

Finished check(const fs::path& directory) { return run({.argv = {propylon_binary(), "log", "check", directory}}); }

void expect_lines(const std::string& text, const std::vector<std::string>& parts) {
  for (const auto& part : parts) EXPECT_NE(text.find(part), std::string::npos) << part << "\n---\n" << text;
}

// One line on standard error, nothing on standard output.
void expect_not_checked(const Finished& finished, const std::vector<std::string>& parts) {
  EXPECT_EQ(finished.exit.code, 2) << finished.standard_output;
  EXPECT_EQ(finished.standard_output, "");
  EXPECT_EQ(std::ranges::count(finished.standard_error, '\n'), 1) << finished.standard_error;
  expect_lines(finished.standard_error, parts);
}

// Names, sizes and times of everything in a directory.
std::map<std::string, std::pair<std::uintmax_t, fs::file_time_type>> look_of(const fs::path& directory) {
  std::map<std::string, std::pair<std::uintmax_t, fs::file_time_type>> look;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    look[entry.path()] = {entry.is_regular_file() ? entry.file_size() : 0, entry.last_write_time()};
  }
  return look;
}

std::string bytes_at(const fs::path& file, std::uint64_t at, std::size_t count) {
  std::string bytes(count, '\0');
  std::ifstream(file, std::ios::binary)
      .seekg(static_cast<std::streamoff>(at))
      .read(bytes.data(), static_cast<std::streamsize>(count));
  return bytes;
}

void put_bytes(const fs::path& file, std::uint64_t at, const std::string& bytes) {
  std::fstream stream(file, std::ios::binary | std::ios::in | std::ios::out);
  stream.seekp(static_cast<std::streamoff>(at)).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  ASSERT_TRUE(stream.good()) << file;
}

// Damage for a while: what is checked changes nothing, so it can be taken back afterwards.
class Damage final {
 public:
  Damage(const Damage&) = delete;
  Damage& operator=(const Damage&) = delete;
  ~Damage() { take_back_(); }

  static Damage flipped(const fs::path& file, std::uint64_t at) {
    const std::string before = bytes_at(file, at, 1);
    put_bytes(file, at, std::string(1, static_cast<char>(before[0] ^ 0x10)));
    return Damage([=] { put_bytes(file, at, before); });
  }
  static Damage overwritten(const fs::path& file, std::uint64_t at, const std::string& bytes) {
    const std::string before = bytes_at(file, at, bytes.size());
    put_bytes(file, at, bytes);
    return Damage([=] { put_bytes(file, at, before); });
  }
  static Damage cut(const fs::path& file, std::uint64_t length) {
    const std::string before = bytes_at(file, length, fs::file_size(file) - length);
    fs::resize_file(file, length);
    return Damage([=] {
      fs::resize_file(file, length + before.size());
      put_bytes(file, length, before);
    });
  }
  static Damage removed(const fs::path& file) {
    const fs::path away = file.parent_path().parent_path().string() + ".away";
    fs::rename(file, away);
    return Damage([=] { fs::rename(away, file); });
  }
  static Damage replaced(const fs::path& file, const fs::path& by) {
    const std::string before = bytes_at(file, 0, fs::file_size(file));
    fs::copy_file(by, file, fs::copy_options::overwrite_existing);
    return Damage([=] { std::ofstream(file, std::ios::binary | std::ios::trunc) << before; });
  }

 private:
  explicit Damage(std::function<void()> take_back) : take_back_(std::move(take_back)) {}
  const std::function<void()> take_back_;
};

constexpr const char* kFirstSegment = "000000000001.seg";
constexpr const char* kSecondSegment = "000000000002.seg";
constexpr const char* kFirstIndex = "000000000001.idx";

// A store of a real server: a sealed segment with its index, two checkpoints, two stations, a group.
class LogCheck : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    gateway_ = std::make_unique<Gateway>();
    const std::string large = "\"" + std::string(1'000'000, 'x') + "\"";
    gateway_->produce("early", "\"one\"");
    gateway_->process().terminate();
    fs::copy_file(data_dir() / "catalog.db", older_catalog());
    gateway_->process().start();
    gateway_->forget_token();
    for (int i = 0; i < 70; ++i) ASSERT_EQ(gateway_->produce("orders", large).body, kStored);
    gateway_->drain("early");
    gateway_->process().terminate();
    // Indexes are made in the background; opening waits for what is left.
    gateway_->process().start();
    gateway_->process().terminate();
  }
  static void TearDownTestSuite() {
    // Whatever was done to the store was taken back, and no check has changed it.
    gateway_->process().start();
    gateway_->forget_token();
    std::size_t messages = 0;  // a fetch gives at most 16 MiB
    for (std::size_t got = 1; got > 0; messages += got) got = gateway_->drain("orders", "last").size();
    EXPECT_EQ(messages, 70U);
    EXPECT_EQ(gateway_->process().terminate().code, 0);
    gateway_.reset();
  }

  static fs::path data_dir() { return gateway_->process().data_dir(); }
  static fs::path log_dir() { return data_dir() / "log"; }
  static fs::path older_catalog() { return scratch_.path() / "older.db"; }
  static fs::path newest_checkpoint() {
    std::set<fs::path> found;
    for (const auto& entry : fs::directory_iterator(log_dir())) {
      if (entry.path().filename().string().starts_with("checkpoint-")) found.insert(entry.path());
    }
    return *found.rbegin();
  }
  static void expect_damage(const std::vector<std::string>& parts) {
    const auto finished = check(data_dir());
    EXPECT_EQ(finished.exit.code, 1) << finished.standard_output << finished.standard_error;
    expect_lines(finished.standard_output, parts);
    EXPECT_EQ(finished.standard_output.find("damage:     none"), std::string::npos);
  }

  static inline std::unique_ptr<Gateway> gateway_;
  static inline TemporaryDirectory scratch_;
};

TEST_F(LogCheck, FindsNothingWrongWithTheStoreOfAServerAndChangesNothing) {
  const auto before = look_of(data_dir());
  const auto finished = check(data_dir());
  EXPECT_EQ(finished.exit.code, 0) << finished.standard_error;
  EXPECT_EQ(finished.standard_error, "");
  expect_lines(
      finished.standard_output,
      {"early ", "orders ", "segments:   2 with records, 2 prepared; 1 indexes, 2 good checkpoints",
       " 71 messages, 2 stations", "last run:   ended cleanly", "opening:    goes through", "damage:     none"});
  EXPECT_EQ(look_of(data_dir()), before);
}

TEST_F(LogCheck, FindsADamagedSegmentHeader) {
  const auto damage = Damage::flipped(log_dir() / kFirstSegment, 20);
  expect_damage({"damage  log/000000000001.seg, offset 0: The header of the segment is damaged.", "Opening is refused.",
                 "opening:    is refused", "damage:     1 place"});
}

TEST_F(LogCheck, FindsADamagedGroupThatOpeningDoesNotReadAndEverythingBehindIt) {
  const auto damage = Damage::flipped(log_dir() / kFirstSegment, 64 + 9);
  expect_damage({"damage  log/000000000001.seg, offset 64:", "The next whole group begins at ",
                 "Opening does not notice it", "opening:    goes through", " 70 messages"});
}

TEST_F(LogCheck, FindsADamagedMessageWithItsRecord) {
  const auto damage = Damage::flipped(log_dir() / kFirstSegment, 30'000'000);
  expect_damage({"The record's body fails its checksum. (record 1 of the group, offset ", " 70 messages"});
}

TEST_F(LogCheck, FindsDamageThatKeepsTheStoreFromOpening) {
  // The second message of the segment in use; the checkpoint knows that it was stored.
  const auto damage = Damage::flipped(log_dir() / kSecondSegment, 1'500'000);
  expect_damage({"damage  log/000000000002.seg, offset ", "Opening is refused.", "safely stored"});
}

TEST_F(LogCheck, FindsADamagedIndex) {
  {
    const auto damage = Damage::flipped(log_dir() / kFirstIndex, 41);
    expect_damage({"damage  log/000000000001.idx, offset 0: The index is damaged", "Opening mends that."});
  }
  const auto damage = Damage::flipped(log_dir() / kFirstIndex, fs::file_size(log_dir() / kFirstIndex) - 10);
  expect_damage({"its entries fail the checksum.", "Opening mends that."});
}

TEST_F(LogCheck, FindsADamagedCheckpoint) {
  const auto damage = Damage::flipped(newest_checkpoint(), 90);
  expect_damage({newest_checkpoint().filename().string(), "The checkpoint fails its checksum. Opening mends that.",
                 "without the newest checkpoint", "1 good checkpoints"});
}

TEST_F(LogCheck, FindsADamagedStateFile) {
  const auto damage = Damage::cut(log_dir() / "state", 10);
  expect_damage({"damage  log/state, offset 0: The file is damaged."});
}

TEST_F(LogCheck, FindsASegmentThatWasCutOff) {
  {
    const auto damage = Damage::cut(log_dir() / kFirstSegment, 60'000'000);
    expect_damage({"damage  log/000000000001.seg, offset ", "The group is cut off.", "opening:    is refused"});
  }
  const auto damage = Damage::cut(log_dir() / kSecondSegment, 1'500'000);
  expect_damage({"damage  log/000000000002.seg, offset ", "Opening is refused."});
}

TEST_F(LogCheck, FindsAMissingSegment) {
  const auto damage = Damage::removed(log_dir() / kSecondSegment);
  expect_damage({"damage  log/000000000002.seg, offset 0: The segment is missing. Opening is refused."});
}

TEST_F(LogCheck, FindsACatalogThatIsMissingDamagedOlderOrAnotherStores) {
  const fs::path catalog = data_dir() / "catalog.db";
  {
    const auto damage = Damage::removed(catalog);
    expect_damage({"damage  catalog.db, offset 0: The catalog is missing. Opening is refused.", "(unknown)",
                   " 71 messages, 2 stations"});
  }
  {
    const auto damage = Damage::overwritten(catalog, 0, std::string(100, 'x'));
    expect_damage({"damage  catalog.db, offset 0: ", "Opening is refused.", " 71 messages, 2 stations"});
  }
  {
    const auto damage = Damage::replaced(catalog, older_catalog());
    expect_damage({"early ", "(unknown)", "the catalog is older than the log", "Restore the two together."});
  }
  ServerProcess other;
  other.terminate();
  const auto damage = Damage::replaced(catalog, other.data_dir() / "catalog.db");
  expect_damage({"put log and catalog of one store together", " 71 messages, 2 stations"});
}

TEST_F(LogCheck, NamesFilesThatDoNotBelongThere) {
  std::ofstream(log_dir() / "notes.txt") << "x";
  std::ofstream(log_dir() / "state.tmp") << "x";
  const auto finished = check(data_dir());
  fs::remove(log_dir() / "notes.txt");
  fs::remove(log_dir() / "state.tmp");
  EXPECT_EQ(finished.exit.code, 0) << finished.standard_output;
  expect_lines(finished.standard_output, {"note    log/notes.txt, offset 0: The file does not belong to the log.",
                                          "note    log/state.tmp", "damage:     none"});
}

TEST_F(LogCheck, SaysThatADirectoryIsInUseAndByWhom) {
  ServerProcess server;
  expect_not_checked(check(server.data_dir()),
                     {server.data_dir(), "in use by process " + std::to_string(server.pid())});
}

TEST_F(LogCheck, RefusesWhatIsNoDataDirectory) {
  expect_not_checked(check("/nowhere/at/all"), {"/nowhere/at/all", "no directory"});
  expect_not_checked(check(older_catalog()), {"no directory"});
  TemporaryDirectory empty;
  expect_not_checked(check(empty.path()), {"no data directory", "neither catalog.db nor log/"});
  expect_not_checked(check(log_dir()), {"no data directory", "Give the directory above it."});
}

TEST_F(LogCheck, ExplainsItself) {
  const auto help = run({.argv = {propylon_binary(), "log", "check", "--help"}});
  EXPECT_EQ(help.exit.code, 0);
  expect_lines(help.standard_output, {"DIR", "0 all good, 1 damage was found, 2 it could not be checked", "Example"});
  EXPECT_EQ(run({.argv = {propylon_binary(), "log"}}).exit.code, 2);
  EXPECT_EQ(run({.argv = {propylon_binary(), "log", "check"}}).exit.code, 2);
}

TEST(LogCheckAfterAKill, TakesATornEndForWhatItIs) {
  Gateway gateway;
  for (int i = 0; i < 20; ++i) gateway.produce("orders", std::to_string(i));
  gateway.process().kill();
  const fs::path segment = gateway.process().data_dir() / "log" / kFirstSegment;
  auto finished = check(gateway.process().data_dir());
  EXPECT_EQ(finished.exit.code, 0) << finished.standard_output;
  expect_lines(finished.standard_output,
               {"orders ", " 20 messages", "last run:   did not end cleanly", "damage:     none"});

  const std::string all = bytes_at(segment, 0, 1'000'000);
  const std::size_t end = all.find_last_not_of('\0') + 1;
  put_bytes(segment, end + 100, "garbage");
  finished = check(gateway.process().data_dir());
  EXPECT_EQ(finished.exit.code, 0) << finished.standard_output;
  expect_lines(finished.standard_output, {"note    log/000000000001.seg, offset ", "Opening cuts it off.",
                                          "opening:    cuts 1", " 20 messages", "damage:     none"});
  gateway.process().start();
  EXPECT_EQ(gateway.drain("orders").size(), 20U);
  gateway.process().terminate();
  finished = check(gateway.process().data_dir());
  EXPECT_EQ(finished.exit.code, 0) << finished.standard_output;
  EXPECT_EQ(finished.standard_output.find("note "), std::string::npos) << finished.standard_output;
}

}  // namespace
}  // namespace propylon::testing
