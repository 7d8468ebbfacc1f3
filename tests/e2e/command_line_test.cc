// The program's commands, its settings from every source, and how it refuses to start.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <regex>

#include "support/forged_token.h"
#include "support/gateway.h"
#include "support/json_members.h"

namespace propylon::testing {
namespace {

using Environment = std::map<std::string, std::string>;

Finished propylon(std::vector<std::string> arguments, const Environment& environment = {}) {
  arguments.insert(arguments.begin(), propylon_binary());
  return run({.argv = std::move(arguments), .environment = environment});
}

// The line of `config show` for a key; empty when there is none.
std::string line_of(const std::string& text, const std::string& key) {
  std::smatch found;
  return std::regex_search(text, found, std::regex("(^|\n)((# )?" + key + "\\b[^\n]*)")) ? found[2].str() : "";
}

// One line on standard error that holds all of `parts`, nothing on standard output.
void expect_refused(const Finished& finished, int code, const std::vector<std::string>& parts) {
  SCOPED_TRACE(finished.standard_error);
  EXPECT_EQ(finished.exit.code, code);
  EXPECT_EQ(finished.exit.signal, 0);
  EXPECT_EQ(finished.standard_output, "");
  EXPECT_EQ(std::ranges::count(finished.standard_error, '\n'), 1);
  for (const auto& part : parts) EXPECT_NE(finished.standard_error.find(part), std::string::npos) << part;
}

class CommandLine : public ::testing::Test {
 protected:
  std::string write_file(const std::string& text) {
    const auto path = directory_.path() / "propylon.toml";
    std::ofstream(path) << text;
    return path;
  }
  std::string data_dir() const { return directory_.path() / "data"; }

  TemporaryDirectory directory_;
};

TEST_F(CommandLine, PrintsItsVersion) {
  const auto finished = propylon({"version"});
  EXPECT_EQ(finished.exit.code, 0);
  EXPECT_TRUE(std::regex_match(finished.standard_output, std::regex("propylon \\d+\\.\\d+\\.\\d+\n")))
      << finished.standard_output;
  const auto flag = propylon({"--version"});
  EXPECT_EQ(flag.exit.code, 0);
  EXPECT_EQ(flag.standard_output, finished.standard_output);
}

TEST_F(CommandLine, PrintsHelpWithEverySetting) {
  EXPECT_EQ(propylon({"--help"}).exit.code, 0);
  const auto finished = propylon({"serve", "--help"});
  EXPECT_EQ(finished.exit.code, 0);
  for (const char* flag : {"--config", "--data-dir", "--http-host", "--http-port", "--http-threads", "--port-file"}) {
    EXPECT_NE(finished.standard_output.find(flag), std::string::npos) << flag;
  }
  EXPECT_EQ(finished.standard_output.find("--jwt-secret"), std::string::npos);
}

TEST_F(CommandLine, ShowsEffectiveSettingsWithTheirOriginAndMasksSecrets) {
  const std::string file = write_file(
      "http_threads = 3\nlog_level = \"warn\"\njwt_secret = \"from-the-file\"\n"
      "cors_origins = [\"https://a.example\", \"null\"]\naccess_log = true\n");
  const auto finished =
      propylon({"config", "show", "--config", file, "--http-port", "7000"}, {{"HTTP_PORT", "6000"},
                                                                             {"PROPYLON_LOG_LEVEL", "debug"},
                                                                             {"JWT_EXPIRES_IN_MINUTES", "30"},
                                                                             {"ROOT_PASSWORD", "'very secret'"},
                                                                             {"ROOT_USER", "\"admin\""}});
  EXPECT_EQ(finished.exit.code, 0) << finished.standard_error;
  const std::string& text = finished.standard_output;
  EXPECT_EQ(text.find("from-the-file"), std::string::npos);
  EXPECT_EQ(text.find("very secret"), std::string::npos);
  const auto expect_line = [&](const char* key, const std::vector<std::string>& parts) {
    const std::string line = line_of(text, key);
    EXPECT_FALSE(line.empty()) << key << " in\n" << text;
    for (const auto& part : parts) EXPECT_NE(line.find(part), std::string::npos) << part << " in " << line;
  };
  expect_line("http_port", {"= 7000", "command line"});
  expect_line("http_threads", {"= 3", "propylon.toml line 1"});
  expect_line("log_level", {"\"debug\"", "PROPYLON_LOG_LEVEL"});
  expect_line("token_expiry_min", {"= 30", "JWT_EXPIRES_IN_MINUTES"});
  expect_line("root_user", {"\"admin\"", "ROOT_USER"});
  expect_line("root_password", {"ROOT_PASSWORD"});
  expect_line("cors_origins", {"https://a.example", "null"});
  expect_line("access_log", {"= true"});
  expect_line("connections_max", {"= 20000", "default"});
}

TEST_F(CommandLine, RefusesUnknownSettingsFromEverySource) {
  expect_refused(propylon({"config", "show", "--config", write_file("http_prot = 1\n")}), 2,
                 {"propylon.toml line 1", "http_prot", "http_port"});
  expect_refused(propylon({"config", "show"}, {{"PROPYLON_HTTP_PROT", "1"}}), 2, {"PROPYLON_HTTP_PROT", "http_port"});
  expect_refused(propylon({"config", "show", "--http-prot", "1"}), 2, {"--http-prot"});
  expect_refused(propylon({"serve", "--jwt-secret", "x"}), 2, {"--jwt-secret"});
  expect_refused(propylon({"sevre"}), 2, {"sevre"});
  expect_refused(propylon({}), 2, {"serve", "config", "version"});
}

TEST_F(CommandLine, NamesTheCommandsThatAreNeeded) {
  expect_refused(propylon({"config"}), 2, {"show", "reference"});
  expect_refused(propylon({"config", "shwo"}), 2, {"\"shwo\""});
  expect_refused(propylon({"log"}), 2, {"check"});
  expect_refused(propylon({"log", "chekc"}), 2, {"\"chekc\""});
}

TEST_F(CommandLine, NamesTheFlagThatWasMeant) {
  expect_refused(propylon({"serve", "--http-prot", "1"}), 2, {"no flag --http-prot", "--http-port"});
  expect_refused(propylon({"serve", "--http-prot=1"}), 2, {"no flag --http-prot here", "--http-port"});
  expect_refused(propylon({"config", "show", "--quite-another"}), 2, {"no flag --quite-another", "--help"});
}

// A password where a flag's value would be must not end in a terminal's or a service's log.
TEST_F(CommandLine, SaysWhereSecretsComeFromWithoutShowingThem) {
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {"serve", "--root-password", "hunter2hunter2"}, {"serve", "--root-password=hunter2hunter2"}}) {
    const auto finished = propylon(arguments);
    expect_refused(finished, 2, {"--root-password", "root_password is a secret", "environment", "file"});
    EXPECT_EQ(finished.standard_error.find("hunter2"), std::string::npos) << finished.standard_error;
  }
  const auto shortened = propylon({"serve", "-p", "hunter2hunter2"});
  expect_refused(shortened, 2, {"no flag -p here"});
  EXPECT_EQ(shortened.standard_error.find("hunter2"), std::string::npos) << shortened.standard_error;
}

TEST_F(CommandLine, RefusesSettingsThatCouldOnlyFailLater) {
  expect_refused(propylon({"serve", "--data-dir", ""}), 2, {"data_dir", "empty"});
  expect_refused(propylon({"serve"}, {{"ROOT_USER", "a b"}}), 2, {"root_user", "a b", "letters, digits"});
  for (const char* origin : {"https://shop.example/", "shop.example", "https://Shop.example", "https://", "HTTP://a"}) {
    expect_refused(propylon({"config", "show", "--cors-origins", origin}), 2, {"cors_origins", origin});
  }
  expect_refused(propylon({"config", "show", "--config", write_file("cors_headers = [\"a\\nX: y\"]\n")}), 2,
                 {"cors_headers", "no field name"});
  for (const char* origins : {"*", "null,https://a.example:8443,http://[::1]:3000", "app+x.y://host_1"}) {
    EXPECT_EQ(propylon({"config", "show", "--cors-origins", origins}).exit.code, 0) << origins;
  }
}

TEST_F(CommandLine, RefusesBadValuesFromEverySource) {
  expect_refused(propylon({"serve", "--http-port", "70000"}), 2, {"http_port", "70000", "0..65535"});
  expect_refused(propylon({"serve", "--http-port", "http"}), 2, {"http_port", "http", "0..65535"});
  expect_refused(propylon({"serve"}, {{"HTTP_PORT", "-1"}}), 2, {"HTTP_PORT", "-1", "0..65535"});
  expect_refused(propylon({"serve"}, {{"PROPYLON_ACCESS_LOG", "maybe"}}), 2,
                 {"PROPYLON_ACCESS_LOG", "maybe", "true or false"});
  expect_refused(propylon({"serve", "--config", write_file("http_port = \"80\"\n")}), 2,
                 {"line 1", "http_port", "whole number"});
  expect_refused(propylon({"serve", "--config", write_file("\nlog_level = \"loud\"\n")}), 2,
                 {"line 2", "log_level", "loud", "debug, info, warn, error"});
  expect_refused(propylon({"serve", "--config", write_file("http_port = \n")}), 2, {"propylon.toml"});
  // Also one that another source overrides.
  expect_refused(propylon({"serve", "--http-port", "0"}, {{"HTTP_PORT", "x"}}), 2, {"HTTP_PORT"});
}

TEST_F(CommandLine, RefusesAMissingConfigurationFile) {
  const auto finished = propylon({"serve", "--config", "/no/such/file.toml"});
  EXPECT_NE(finished.exit.code, 0);
  expect_refused(finished, finished.exit.code, {"/no/such/file.toml", "No such file"});
}

TEST_F(CommandLine, RefusesADirectoryThatCannotBeWritten) {
  // Also root cannot make a directory below a file.
  expect_refused(propylon({"serve", "--data-dir", "/dev/null/data", "--http-port", "0"}), 1, {"/dev/null/data"});
  const std::string file = write_file("");
  expect_refused(propylon({"serve", "--data-dir", file, "--http-port", "0"}), 1, {file});
}

TEST_F(CommandLine, RefusesABusyPort) {
  ServerProcess first;
  expect_refused(propylon({"serve", "--data-dir", data_dir(), "--http-host", "127.0.0.1", "--http-port",
                           std::to_string(first.port())}),
                 1, {std::to_string(first.port())});
}

TEST_F(CommandLine, RefusesAHostThatIsNotHere) {
  const auto finished = propylon({"serve", "--data-dir", data_dir(), "--http-host", "192.0.2.7", "--http-port", "0"});
  EXPECT_NE(finished.exit.code, 0);
  expect_refused(finished, finished.exit.code, {"192.0.2.7"});
}

TEST_F(CommandLine, RefusesASecondProcessOnOneDataDirectory) {
  ServerProcess first;
  const auto second = propylon({"serve", "--data-dir", first.data_dir(), "--http-port", "0"});
  expect_refused(second, 1, {first.data_dir(), std::to_string(first.pid())});
  // The first one did not notice.
  EXPECT_EQ(HttpClient(first.port()).request("GET", "/readyz").status, 200);
  first.kill();
  first.start();
}

TEST_F(CommandLine, TakesTheVariablesOfTheReference) {
  Gateway gateway({.environment = {{"JWT_SECRET", "\"a secret of the tests, long enough\""},
                                   {"REFRESH_JWT_SECRET", "'another secret of the tests, as long'"},
                                   {"JWT_EXPIRES_IN_MINUTES", "7"},
                                   {"REFRESH_JWT_EXPIRES_IN_MINUTES", "'8'"},
                                   {"ROOT_USER", "'boss'"},
                                   {"ROOT_PASSWORD", "\"s3cret\""},
                                   {"DEV_ENV", "'true'"}},
                   .root_password = false});
  const auto answer = gateway.authenticate(R"({"username":"boss","password":"s3cret"})");
  ASSERT_EQ(answer.status, 200) << answer.body;
  auto members = members_of(answer.body);
  EXPECT_EQ(members["expires_in"], "420000");
  EXPECT_EQ(members["refresh_token_expires_in"], "480000");
  // The quotes are no part of the keys.
  const auto token = text_of(members["jwt"]);
  EXPECT_EQ(forge_token(kHs256, claims_in(token), "a secret of the tests, long enough"), token);
  const auto refresh_token = text_of(members["jwt_refresh_token"]);
  EXPECT_EQ(forge_token(kHs256, claims_in(refresh_token), "another secret of the tests, as long"), refresh_token);
  EXPECT_EQ(gateway.send("GET", "/monitoring/getResourcesUtilization").status, 200);
}

TEST_F(CommandLine, TakesThePortOfTheReference) {
  std::uint16_t port = 0;
  {
    ServerProcess finder;  // a port that is free a moment later
    port = finder.port();
    finder.terminate();
  }
  ChildProcess child(
      {.argv = {propylon_binary(), "serve", "--data-dir", data_dir(), "--port-file", data_dir() + ".port"},
       .environment = {{"HTTP_PORT", "\"" + std::to_string(port) + "\""}, {"ROOT_PASSWORD", "x"}}});
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!std::filesystem::exists(data_dir() + ".port")) ASSERT_LT(std::chrono::steady_clock::now(), deadline);
  EXPECT_EQ(HttpClient(port).request("GET", "/livez").status, 200);
}

TEST_F(CommandLine, KeepsSecretsAndPasswordsOutOfItsLog) {
  ServerProcess server({.flags = {"--access-log", "true", "--log-level", "debug"},
                        .environment = {{"JWT_SECRET", "the-secret-key-of-this-test"}}});
  HttpClient client(server.port());
  client.request("POST", "/auth/authenticate", {}, R"({"username":"root","password":"memphis"})");
  client.request("POST", "/stations/s/produce/single?authorization=query-token-4711", {}, "x");
  EXPECT_EQ(server.terminate().code, 0);
  const std::string log = server.standard_error() + server.standard_output();
  for (const char* secret : {"the-secret-key-of-this-test", "memphis", "query-token-4711"}) {
    EXPECT_EQ(log.find(secret), std::string::npos) << log;
  }
  EXPECT_NE(log.find("authenticate"), std::string::npos) << log;
}

TEST_F(CommandLine, WarnsOfKeysThatCouldBeGuessed) {
  const auto log_with = [](const std::string& key) {
    ServerProcess server({.environment = {{"JWT_SECRET", key}, {"REFRESH_JWT_SECRET", std::string(32, 'r')}}});
    EXPECT_EQ(server.terminate().code, 0);
    return server.standard_error();
  };
  const std::string warned = log_with(std::string(31, 'k'));
  EXPECT_NE(warned.find(R"("setting":"jwt_secret","bytes":31,"bytes_wanted":32)"), std::string::npos) << warned;
  EXPECT_EQ(warned.find(R"("setting":"refresh_jwt_secret")"), std::string::npos) << warned;
  EXPECT_EQ(log_with(std::string(32, 'k')).find("bytes_wanted"), std::string::npos);
}

// Who sends what is refused below the endpoints, too large or no HTTP at all, is what an operator looks for.
TEST_F(CommandLine, LogsWhoSentWhatWasRefused) {
  ServerProcess server({.flags = {"--access-log", "true"}});
  HttpClient client(server.port());
  const auto login = client.request("POST", "/auth/authenticate", {}, R"({"username":"root","password":"memphis"})");
  const std::string token = text_of(members_of(login.body).at("jwt"));
  client.send("POST /stations/s/produce/single HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token +
              "\r\nContent-Length: 99999999\r\n\r\n");
  EXPECT_EQ(client.receive().status, 413);
  HttpClient malformed(server.port());
  malformed.send("BREW / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(malformed.receive().status, 400);
  EXPECT_EQ(server.terminate().code, 0);
  const std::string log = server.standard_error();
  const std::string client_of = R"("client":"(::ffff:)?127\.0\.0\.1","user":)";
  for (const std::string& line :
       {R"("route":"produce_single","status":413,"duration_us":\d+,"answer_bytes":\d+,)" + client_of + "\"root\"",
        R"("route":"none","status":400,"duration_us":\d+,"answer_bytes":\d+,)" + client_of + "\"\""}) {
    EXPECT_TRUE(std::regex_search(log, std::regex(line))) << line << " in\n" << log;
  }
}

TEST_F(CommandLine, LogsOneJsonObjectPerLine) {
  ServerProcess server;
  server.terminate();
  const std::string log = server.standard_error();
  ASSERT_FALSE(log.empty());
  for (std::size_t at = 0; at < log.size(); at = log.find('\n', at) + 1) {
    EXPECT_NO_THROW((void)members_of(log.substr(at, log.find('\n', at) - at))) << log;
  }
}

class FirstStart : public CommandLine {
 protected:
  // The lines of the welcome text that begin with a command.
  static std::string commands_in(const std::string& welcome) {
    std::string commands;
    std::istringstream lines(welcome);
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with("curl ") || line.starts_with("TOKEN=")) commands += line + "\necho\n";
    }
    return commands;
  }
  static Finished paste(const std::string& commands, const Environment& environment = {}) {
    return run({.argv = {"bash", "-eu"}, .environment = environment, .standard_input = commands});
  }
  static std::string generated_password(const std::string& welcome) {
    std::smatch found;
    return std::regex_search(welcome, found, std::regex("password: +([^ \n]{12,}) ")) ? found[1].str() : "";
  }
};

TEST_F(FirstStart, PrintsAPasswordAndRequestsThatWorkAsTheyStand) {
  ServerProcess server({.root_password = false});
  const std::string welcome = server.welcome();
  const std::string password = generated_password(welcome);
  ASSERT_FALSE(password.empty()) << welcome;
  EXPECT_NE(welcome.find("root"), std::string::npos);
  EXPECT_NE(welcome.find(std::to_string(server.port())), std::string::npos);
  const std::string commands = commands_in(welcome);
  EXPECT_EQ(std::ranges::count(commands, '\n'), 8) << welcome;
  const auto pasted = paste(commands);
  EXPECT_EQ(pasted.exit.code, 0) << pasted.standard_error;
  const std::string& shown = pasted.standard_output;
  EXPECT_TRUE(shown.starts_with("\n" + std::string(kStored) + "\n" + kStored + "\n[{\"message\":\"{\\\"order\\\":1}\""))
      << shown;
  EXPECT_NE(shown.find(R"({\"order\":3})"), std::string::npos) << shown;
  // Shown once: not in the log, not in the data directory.
  EXPECT_EQ(server.standard_error().find(password), std::string::npos);
  server.terminate();
  const auto grep = run({.argv = {"grep", "-r", "-F", "-l", "--", password, server.data_dir().string()}});
  EXPECT_EQ(grep.exit.code, 1) << grep.standard_output;
}

// The port file is the last thing of a start: whatever fails, the password was seen.
TEST_F(FirstStart, ShowsThePasswordAlsoWhenItFailsLater) {
  const TemporaryDirectory data;
  const auto start = [&](const std::string& port_file) {
    return propylon({"serve", "--data-dir", data.path().string(), "--http-host", "127.0.0.1", "--http-port", "0",
                     "--port-file", port_file});
  };
  const auto failed = start("/nonexistent/port");
  EXPECT_NE(failed.exit.code, 0) << failed.standard_error;
  const std::string password = generated_password(failed.standard_output);
  ASSERT_FALSE(password.empty()) << failed.standard_output;
  EXPECT_EQ(generated_password(start("/nonexistent/port").standard_output), "") << "made once";
  ServerProcess server({.root_password = false, .data_dir = data.path()});
  const std::string body = R"({"username":"root","password":")" + password + "\"}";
  EXPECT_EQ(HttpClient(server.port()).request("POST", "/auth/authenticate", {}, body).status, 200);
}

TEST_F(FirstStart, IsNotMadeWhereThePasswordCannotBeShown) {
  const TemporaryDirectory data;
  const auto refused = run({.argv = {"bash", "-c", "exec \"$0\" serve --data-dir \"$1\" --http-port 0 >/dev/full",
                                     propylon_binary(), data.path().string()}});
  EXPECT_NE(refused.exit.code, 0);
  EXPECT_NE(refused.standard_error.find("cannot be shown"), std::string::npos) << refused.standard_error;
  ServerProcess server({.root_password = false, .data_dir = data.path()});
  EXPECT_FALSE(generated_password(server.welcome()).empty()) << "the next start makes it";
}

TEST_F(FirstStart, IsOnlyOne) {
  ServerProcess server({.root_password = false});
  const std::string password = generated_password(server.welcome());
  server.terminate();
  server.start();
  const std::string welcome = server.welcome();
  EXPECT_EQ(welcome.find(password), std::string::npos) << welcome;
  EXPECT_EQ(generated_password(welcome), "") << welcome;
  // The password still is what it was, and the printed lines take it from the environment.
  const auto pasted = paste(commands_in(welcome), {{"PROPYLON_ROOT_PASSWORD", password}});
  EXPECT_EQ(pasted.exit.code, 0) << pasted.standard_error;
  EXPECT_NE(pasted.standard_output.find(kStored), std::string::npos) << pasted.standard_output;
}

TEST_F(FirstStart, WithAConfiguredPasswordPrintsNone) {
  ServerProcess server;
  EXPECT_EQ(server.welcome().find(kRootPassword), std::string::npos) << server.welcome();
  EXPECT_EQ(generated_password(server.welcome()), "");
}

TEST_F(FirstStart, KeepsItsKeysToItself) {
  ServerProcess server;
  server.terminate();
  int keys = 0;
  for (const auto& entry : std::filesystem::directory_iterator(server.data_dir() / "keys")) {
    EXPECT_EQ(entry.status().permissions() & std::filesystem::perms::mask, std::filesystem::perms(0600))
        << entry.path();
    ++keys;
  }
  EXPECT_EQ(keys, 2);
}

}  // namespace
}  // namespace propylon::testing
