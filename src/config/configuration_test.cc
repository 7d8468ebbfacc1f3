#include "config/configuration.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace propylon::config {
namespace {

struct Fields {
  std::uint64_t port = 4444;
  bool debug = false;
  std::string mode = "fast";
  std::string name = "a \"b\"";
  std::vector<std::string> origins = {"*"};
  Secret key;
};

std::vector<OptionGroup> groups(Fields& fields) {
  return {{"http",
           "Sockets.",
           {describe_number("http_port", fields.port, 0, 65535, "Port to listen on.", "HTTP_PORT"),
            describe_list("cors_origins", fields.origins, "Pages that may call.")}},
          {"app",
           "The rest.",
           {describe_flag("debug", fields.debug, "Say more | or less.", "DEBUG"),
            describe_choice("mode", fields.mode, {"fast", "safe"}, "How."),
            describe_text("server_name", fields.name, "What to say."),
            describe_secret("jwt_secret", fields.key, "Signs tokens.", "JWT_SECRET")}}};
}

class ConfigurationTest : public testing::Test {
 protected:
  Error refusal(const Sources& sources) {
    const auto result = configuration_.load(sources);
    EXPECT_FALSE(result);
    if (result) return {};
    EXPECT_EQ(result.error().code, ErrorCode::kInvalidConfig) << result.error().message;
    return result.error();
  }
  static Sources file(std::string text) {
    return {.flags = {}, .environment = {}, .file_name = "p.toml", .file_text = std::move(text)};
  }
  static Sources environment(std::vector<KeyValue> variables) {
    return {.flags = {}, .environment = std::move(variables), .file_name = {}, .file_text = {}};
  }
  static Sources flags(std::vector<KeyValue> values) {
    return {.flags = std::move(values), .environment = {}, .file_name = {}, .file_text = {}};
  }

  Fields fields_;
  Configuration configuration_{groups(fields_)};
};

TEST_F(ConfigurationTest, LeavesTheDefaultsWhereNothingIsSet) {
  ASSERT_TRUE(configuration_.load({}));
  EXPECT_EQ(fields_.port, 4444u);
  EXPECT_FALSE(configuration_.is_set("http_port"));
  EXPECT_EQ(configuration_.show(),
            "http_port = 4444  # default\ncors_origins = [\"*\"]  # default\ndebug = false  # default\nmode = \"fast\" "
            " # default\n"
            "server_name = \"a \\\"b\\\"\"  # default\njwt_secret = \"\"  # default\n");
}

TEST_F(ConfigurationTest, TakesTheFlagBeforeItsVariableBeforeTheReferencesBeforeTheFile) {
  Sources sources = file("http_port = 1\n");
  ASSERT_TRUE(configuration_.load(sources));
  EXPECT_EQ(fields_.port, 1u);
  sources.environment.emplace_back("HTTP_PORT", "2");
  ASSERT_TRUE(configuration_.load(sources));
  EXPECT_EQ(fields_.port, 2u);
  EXPECT_NE(configuration_.show().find("http_port = 2  # HTTP_PORT\n"), std::string::npos);
  sources.environment.emplace_back("PROPYLON_HTTP_PORT", "3");
  ASSERT_TRUE(configuration_.load(sources));
  EXPECT_EQ(fields_.port, 3u);
  EXPECT_NE(configuration_.show().find("http_port = 3  # PROPYLON_HTTP_PORT\n"), std::string::npos);
  sources.flags.emplace_back("http_port", "4");
  ASSERT_TRUE(configuration_.load(sources));
  EXPECT_EQ(fields_.port, 4u);
  EXPECT_NE(configuration_.show().find("http_port = 4  # command line\n"), std::string::npos);
  EXPECT_TRUE(configuration_.is_set("http_port"));
}

TEST_F(ConfigurationTest, ReadsEveryKindFromTheFile) {
  ASSERT_TRUE(
      configuration_.load(file("# comment\nhttp_port = 0x50\ndebug = true\nmode = 'safe'\nserver_name = \"\u00e9\\n\"\n"
                               "cors_origins = [\"https://a\", \"null\"]\njwt_secret = \"s3cret\"\n")));
  EXPECT_EQ(fields_.port, 80u);
  EXPECT_TRUE(fields_.debug);
  EXPECT_EQ(fields_.mode, "safe");
  EXPECT_EQ(fields_.name, "\u00e9\n");
  EXPECT_EQ(fields_.origins, (std::vector<std::string>{"https://a", "null"}));
  EXPECT_EQ(fields_.key.reveal(), "s3cret");
}

TEST_F(ConfigurationTest, TakesQuotesOffVariablesAndLetsEmptyOnesBe) {
  ASSERT_TRUE(configuration_.load(environment({{"DEBUG", "\"true\""},
                                               {"PROPYLON_MODE", "'safe'"},
                                               {"JWT_SECRET", ""},
                                               {"PROPYLON_JWT_SECRET", "\"x"},
                                               {"PROPYLON_SERVER_NAME", "\"\""},
                                               {"PROPYLON_HTTP_PORT", ""},
                                               {"PATH", "/bin"},
                                               {"propylon_x", "1"},
                                               {"PROPYLONX", "1"}})));
  EXPECT_TRUE(fields_.debug);
  EXPECT_EQ(fields_.mode, "safe");
  EXPECT_EQ(fields_.key.reveal(), "\"x");
  EXPECT_EQ(fields_.name, "");
  EXPECT_EQ(fields_.port, 4444u);
}

TEST_F(ConfigurationTest, RefusesWhatIsNotKnownAndSaysWhatWasMeant) {
  const auto in_file = refusal(file("\nhttp_prot = 1\n"));
  EXPECT_EQ(in_file.field, "http_prot");
  EXPECT_EQ(in_file.message, "p.toml line 2: there is no setting http_prot; did you mean http_port?");
  const auto in_environment = refusal(environment({{"PROPYLON_JWT_SECRT", "x"}}));
  EXPECT_EQ(in_environment.message,
            "The environment: there is no setting PROPYLON_JWT_SECRT; did you mean jwt_secret?");
  const auto in_flags = refusal(flags({{"moed", "x"}}));
  EXPECT_EQ(in_flags.message, "The command line: there is no setting moed; did you mean mode?");
  EXPECT_EQ(refusal(flags({{"zzzzzzzz", "x"}})).message, "The command line: there is no setting zzzzzzzz");
  EXPECT_EQ(refusal(environment({{"PROPYLON_", "x"}})).field, "PROPYLON_");
}

TEST_F(ConfigurationTest, RefusesWrongTypesAndValuesWithWhatIsAllowed) {
  const std::pair<const char*, const char*> cases[] = {
      {"http_port = \"80\"", "http_port must be a whole number; allowed is a number 0..65535"},
      {"http_port = 65536", "http_port is \"65536\"; allowed is a number 0..65535"},
      {"http_port = -1", "http_port is \"-1\"; allowed is a number 0..65535"},
      {"http_port = 1.5", "http_port is neither text, a whole number, true or false, nor a list of texts"},
      {"debug = \"true\"", "debug must be true or false without quotes"},
      {"debug = 1", "debug must be true or false without quotes"},
      {"mode = true", "mode must be text in quotes"},
      {"mode = \"slow\"", "mode is \"slow\"; allowed is one of fast, safe"},
      {"cors_origins = \"*\"", "cors_origins must be a list of texts"},
      {"cors_origins = [1]", "cors_origins may hold only text in quotes"},
      {"cors_origins = [\"a,b\"]", "cors_origins may hold no text with a comma"},
      {"server_name = 2026-01-01", "server_name is neither"},
      {"[http]\nport = 1", "http is a table"},
  };
  for (const auto& [text, expected] : cases) {
    const auto error = refusal(file(text));
    EXPECT_NE(error.message.find(expected), std::string::npos) << text << ": " << error.message;
    EXPECT_TRUE(error.message.starts_with("p.toml line 1")) << error.message;
  }
  const auto variable = refusal(environment({{"HTTP_PORT", "x"}}));
  EXPECT_EQ(variable.message, "HTTP_PORT: http_port is \"x\"; allowed is a number 0..65535");
  EXPECT_EQ(variable.field, "http_port");
}

TEST_F(ConfigurationTest, RefusesAFileThatIsNoTomlWithThePlace) {
  const auto error = refusal(file("http_port = 1\nmode = \n"));
  EXPECT_TRUE(error.message.starts_with("p.toml line 2 column ")) << error.message;
  EXPECT_NE(refusal(file("http_port = 1\nhttp_port = 2\n")).message.find("line 2"), std::string::npos) << "twice";
  EXPECT_FALSE(refusal(file("\xff\xfe")).message.empty());
}

TEST_F(ConfigurationTest, RefusesKeysThatAreNone) {
  for (const char* text : {"[!", "[!]", "[", "[[", "[]", "!", "= 1", ". = 1", "a. = 1", "a.! = 1", "\"\"\"a\"\"\" = 1",
                           "http_port", "http_port ="}) {
    EXPECT_TRUE(refusal(file(text)).message.starts_with("p.toml line ")) << text;
  }
}

TEST_F(ConfigurationTest, RefusesLettersOutsideAsciiOutsideOfQuotes) {
  for (const char* text : {"n\u00e9 = 1", "\ufba6 = 1", "http_port = 1 \u3042", "\u00e9", "[\u0416]"}) {
    EXPECT_TRUE(refusal(file(text)).message.starts_with("p.toml line 1")) << text;
  }
  EXPECT_TRUE(configuration_.load(file("mode = \"fast\" # \ufba6 \u00e9\nserver_name = '\u00e9\ufba6'\n")));
}

TEST_F(ConfigurationTest, RefusesAValueThatIsOverriddenToo) {
  Sources sources = file("http_port = 99999\n");
  sources.flags.emplace_back("http_port", "1");
  EXPECT_EQ(refusal(sources).field, "http_port");
}

TEST_F(ConfigurationTest, TakesNoSecretFromTheCommandLineAndShowsNone) {
  const auto error = refusal(flags({{"jwt_secret", "hunter2"}}));
  EXPECT_EQ(error.field, "jwt_secret");
  EXPECT_EQ(error.message.find("hunter2"), std::string::npos);
  ASSERT_TRUE(configuration_.load(environment({{"JWT_SECRET", "hunter2"}})));
  const std::string shown = configuration_.show();
  EXPECT_NE(shown.find("# jwt_secret = \"********\"  # JWT_SECRET\n"), std::string::npos) << shown;
  EXPECT_EQ(shown.find("hunter2"), std::string::npos);
  EXPECT_EQ(configuration_.markdown().find("hunter2"), std::string::npos);
}

TEST_F(ConfigurationTest, ReadsBackWhatItShows) {
  Sources sources = file(
      "http_port = 7\ndebug = true\nmode = \"safe\"\nserver_name = \"tab\\t quote\\\" \\\\ \\u007f\"\ncors_origins = "
      "[\"a\", \"b\"]\n");
  sources.file_name = "bad\nname";
  ASSERT_TRUE(configuration_.load(sources));
  Fields other;
  Configuration again(groups(other));
  const auto result = again.load(file(configuration_.show()));
  ASSERT_TRUE(result) << result.error().message << configuration_.show();
  EXPECT_EQ(other.port, 7u);
  EXPECT_TRUE(other.debug);
  EXPECT_EQ(other.mode, "safe");
  EXPECT_EQ(other.name, fields_.name);
  EXPECT_EQ(other.origins, fields_.origins);
}

TEST_F(ConfigurationTest, WritesATablePerModule) {
  EXPECT_EQ(configuration_.markdown(),
            "## http\n\nSockets.\n\n| Key | Default | Allowed | Environment | Meaning |\n|---|---|---|---|---|\n"
            "| `http_port` | `4444` | a number 0..65535 | `PROPYLON_HTTP_PORT` `HTTP_PORT` | Port to listen on. |\n"
            "| `cors_origins` | `[\"*\"]` | a list with commas | `PROPYLON_CORS_ORIGINS` | Pages that may call. |\n\n"
            "## app\n\nThe rest.\n\n| Key | Default | Allowed | Environment | Meaning |\n|---|---|---|---|---|\n"
            "| `debug` | `false` | true or false | `PROPYLON_DEBUG` `DEBUG` | Say more \\| or less. |\n"
            "| `mode` | `\"fast\"` | one of fast, safe | `PROPYLON_MODE` | How. |\n"
            "| `server_name` | `\"a \\\"b\\\"\"` | any text | `PROPYLON_SERVER_NAME` | What to say. |\n"
            "| `jwt_secret` |  | any text (secret) | `PROPYLON_JWT_SECRET` `JWT_SECRET` | Signs tokens. |\n\n");
}

TEST(ReadFile, GivesTheTextOrSaysWhyNot) {
  const auto path = std::filesystem::temp_directory_path() / ("propylon-config-" + std::to_string(::getpid()));
  {
    std::ofstream(path) << "x = 1\n";
  }
  EXPECT_EQ(read_file(path.string()).value(), "x = 1\n");
  {
    std::ofstream empty(path);
  }
  EXPECT_EQ(read_file(path.string()).value(), "");
  std::filesystem::remove(path);
  for (const std::string& bad : {path.string(), std::filesystem::temp_directory_path().string()}) {
    const auto result = read_file(bad);
    ASSERT_FALSE(result) << bad;
    EXPECT_EQ(result.error().code, ErrorCode::kIo);
    EXPECT_NE(result.error().message.find(bad), std::string::npos);
  }
}

TEST(ProcessEnvironment, HasWhatIsSet) {
  ASSERT_EQ(::setenv("SOME_VARIABLE_OF_A_TEST", "a=b", 1), 0);
  const auto environment = process_environment();
  EXPECT_NE(std::ranges::find(environment, KeyValue("SOME_VARIABLE_OF_A_TEST", "a=b")), environment.end());
}

}  // namespace
}  // namespace propylon::config
