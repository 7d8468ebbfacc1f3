// A server whose catalog and log do not belong together does not start, and says what to do.
#include <gtest/gtest.h>

#include <algorithm>

#include "support/gateway.h"

namespace propylon::testing {
namespace {

namespace fs = std::filesystem;

// Starts on a data directory and gives back what the refusal says.
void expect_refused(const fs::path& data_dir, const std::vector<std::string>& parts) {
  const auto finished = run({.argv = {propylon_binary(), "serve", "--data-dir", data_dir, "--http-port", "0"}});
  SCOPED_TRACE(finished.standard_error);
  EXPECT_EQ(finished.exit.code, 1);
  EXPECT_EQ(finished.standard_output, "");
  const auto last = finished.standard_error.rfind("propylon: ");
  ASSERT_NE(last, std::string::npos);
  for (const auto& part : parts) EXPECT_NE(finished.standard_error.find(part, last), std::string::npos) << part;
}

class StoreMismatch : public ::testing::Test {
 protected:
  StoreMismatch() {
    gateway_.produce("first", "1");
    gateway_.process().terminate();
    fs::copy_file(catalog(), scratch_.path() / "older.db");
    gateway_.process().start();
    gateway_.forget_token();
    gateway_.produce("second", "2");
  }
  fs::path data_dir() const { return gateway_.process().data_dir(); }
  fs::path catalog() const { return data_dir() / "catalog.db"; }

  mutable Gateway gateway_;
  TemporaryDirectory scratch_;
};

TEST_F(StoreMismatch, RefusesACatalogThatIsOlderThanTheLogAlsoAfterAKill) {
  for (const bool killed : {false, true}) {
    if (killed) {
      gateway_.process().start();
      gateway_.process().kill();
    } else {
      gateway_.process().terminate();
    }
    fs::rename(catalog(), scratch_.path() / "good.db");
    fs::path write_ahead_log = catalog();
    write_ahead_log += "-wal";
    const bool has_log = fs::exists(write_ahead_log);
    if (has_log) fs::rename(write_ahead_log, scratch_.path() / "good.db-wal");
    fs::copy_file(scratch_.path() / "older.db", catalog());
    expect_refused(data_dir(), {"The log has messages of station", "older than the log or belongs to another store",
                                "Restore the two together."});
    // The refusal has left both as they were.
    fs::rename(scratch_.path() / "good.db", catalog());
    if (has_log) fs::rename(scratch_.path() / "good.db-wal", write_ahead_log);
    gateway_.process().start();
    gateway_.forget_token();
    EXPECT_EQ(gateway_.drain("second", killed ? "b" : "a").size(), 1U);
    gateway_.process().terminate();
  }
}

TEST_F(StoreMismatch, RefusesTheCatalogOfAnotherDirectory) {
  gateway_.process().terminate();
  ServerProcess other;
  other.terminate();
  fs::copy_file(other.data_dir() / "catalog.db", catalog(), fs::copy_options::overwrite_existing);
  expect_refused(data_dir(), {"another store", "put log and catalog of one store together"});
}

}  // namespace
}  // namespace propylon::testing
