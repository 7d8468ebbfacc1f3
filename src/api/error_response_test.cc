#include "api/error_response.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "api/parsed_request.h"
#include "core/fake_clock.h"

namespace propylon::api {
namespace {

class RecordingSink final : public LogSink {
 public:
  void write(std::string_view line) override { text += line; }
  std::string text;
};

class ErrorResponse : public ::testing::Test {
 protected:
  http::Response respond(Error error, ErrorForm form = {}, ErrorDetails details = {}) {
    return responder_.respond(error, "id-1", form, details);
  }
  FakeClock clock_;
  RecordingSink sink_;
  Logger logger_{sink_, clock_, LogLevel::kDebug, LogFormat::kText};
  ErrorResponder responder_{logger_};
};

TEST_F(ErrorResponse, HasTheReferencesMembersFirstAndThenTheProblem) {
  const auto response = respond({ErrorCode::kInvalidName, "Station name can not be empty", "", 0});
  EXPECT_EQ(response.status(), 400);
  EXPECT_EQ(response.content_type(), "application/json");
  EXPECT_EQ(response.body(),
            R"({"success":false,"error":"Station name can not be empty","type":"urn:propylon:error:invalid_name",)"
            R"("title":"Invalid name","status":400,"detail":"Station name can not be empty","code":"invalid_name",)"
            R"("retryable":false,"request_id":"id-1"})");
  EXPECT_EQ(response.headers(), "");
  EXPECT_EQ(response.vary(), ", Accept");
  EXPECT_EQ(sink_.text, "");
}

TEST_F(ErrorResponse, ChallengesForBearerAndBasic) {
  const auto response = respond({ErrorCode::kUnauthorized, "The token has expired.", "", 0});
  EXPECT_EQ(response.status(), 401);
  EXPECT_EQ(response.headers(),
            "WWW-Authenticate: Bearer realm=\"propylon\"\r\nWWW-Authenticate: Basic realm=\"propylon\"\r\n");
  EXPECT_NE(response.body().find(R"("error":"The token has expired.","message":"Unauthorized",)"), std::string::npos);
}

TEST_F(ErrorResponse, OpensNoLoginBoxInABrowser) {
  const auto response = respond({ErrorCode::kUnauthorized, "x", "", 0}, {.from_browser = true});
  EXPECT_EQ(response.headers(), "WWW-Authenticate: Bearer realm=\"propylon\"\r\n");
}

TEST_F(ErrorResponse, CarriesMessageWhereTheReferenceDoes) {
  struct Case {
    Error error;
    bool auth_path;
    std::string_view message;  // empty: no such member
  };
  const std::vector<Case> cases = {
      {{ErrorCode::kForbidden, "t", "", 0}, false, R"("message":"Forbidden")"},
      {{ErrorCode::kInvalidRequest, "t", "", 0}, false, ""},
      {{ErrorCode::kInvalidRequest, "t", "", 0}, true, R"("message":"t")"},
      {{ErrorCode::kMethodNotAllowed, "t", "", 0}, true, R"("message":"Method not allowed")"},
      {{ErrorCode::kOverloaded, "t", "", 0}, true, R"("message":"Server error")"},
      {{ErrorCode::kOverloaded, "t", "", 0}, false, ""},
  };
  for (const auto& c : cases) {
    const std::string body(respond(c.error, {.auth_path = c.auth_path}).body());
    if (c.message.empty()) {
      EXPECT_EQ(body.find("\"message\""), std::string::npos) << body;
    } else {
      EXPECT_NE(body.find(c.message), std::string::npos) << body;
    }
  }
}

TEST_F(ErrorResponse, HidesOurOwnFaultsAndLogsThem) {
  const auto response = respond({ErrorCode::kIo, "write /var/lib/propylon/0001.log: input/output error", "", 0});
  EXPECT_EQ(response.status(), 500);
  EXPECT_EQ(response.body().find("/var/lib"), std::string::npos);
  EXPECT_NE(response.body().find(R"("code":"internal")"), std::string::npos);
  EXPECT_NE(sink_.text.find("/var/lib/propylon/0001.log"), std::string::npos);
  EXPECT_NE(sink_.text.find("id-1"), std::string::npos);
}

TEST_F(ErrorResponse, SaysWhenToTryAgain) {
  EXPECT_EQ(respond({ErrorCode::kOverloaded, "t", "", 0}).headers(), "Retry-After: 1\r\n");
  EXPECT_EQ(respond({ErrorCode::kTooManyAttempts, "t", "", 47}).headers(), "Retry-After: 47\r\n");
  EXPECT_EQ(respond({ErrorCode::kConflict, "t", "", 0}).headers(), "");
}

TEST_F(ErrorResponse, TakesAllowMessageAndFurtherMembers) {
  const auto response = respond({ErrorCode::kMethodNotAllowed, "t", "", 0}, {.auth_path = true},
                                {.allow = "POST", .message_json = "[1]", .members_json = R"("fail":1)"});
  EXPECT_EQ(response.headers(), "Allow: POST\r\n");
  EXPECT_TRUE(response.body().starts_with(R"({"fail":1,"success":false,"error":"t","message":[1],"type":)"))
      << response.body();
}

TEST_F(ErrorResponse, KeepsItsOwnTextInDetailBesideTheReferencesWords) {
  const auto response =
      respond({ErrorCode::kInvalidRequest, "own", "", 0}, {.auth_path = true}, {.error_text = "theirs"});
  EXPECT_TRUE(response.body().starts_with(R"({"success":false,"error":"theirs","message":"theirs","type":)"))
      << response.body();
  EXPECT_NE(response.body().find(R"("detail":"own","code":)"), std::string::npos) << response.body();
}

TEST_F(ErrorResponse, IsJsonWhateverBytesTheTextHolds) {
  const auto response = respond({ErrorCode::kInvalidRequest, "bad \xff \"<", "", 0});
  EXPECT_NE(response.body().find("\"error\":\"bad \xc3\xbf \\\"\\u003c\""), std::string::npos) << response.body();
}

TEST_F(ErrorResponse, IsAProblemWhenTheClientNamesIt) {
  struct Case {
    std::string_view accept;
    bool problem;
  };
  for (const auto& c : std::vector<Case>{{"application/problem+json", true},
                                         {"text/html, Application/Problem+JSON;q=0.9", true},
                                         {"*/*", false},
                                         {"application/*", false},
                                         {"application/json", false}}) {
    ParsedRequest request("GET / HTTP/1.1\r\nHost: x\r\nAccept: " + std::string(c.accept) + "\r\n\r\n");
    EXPECT_EQ(error_form_of(*request).problem_json, c.problem) << c.accept;
  }
  EXPECT_EQ(respond({ErrorCode::kConflict, "t", "", 0}, {.problem_json = true}).content_type(),
            "application/problem+json");
}

TEST_F(ErrorResponse, KnowsABrowserByOriginAndFetchMode) {
  EXPECT_TRUE(error_form_of(*ParsedRequest("GET / HTTP/1.1\r\nHost: x\r\nOrigin: null\r\n\r\n")).from_browser);
  EXPECT_TRUE(error_form_of(*ParsedRequest("GET / HTTP/1.1\r\nHost: x\r\nSec-Fetch-Mode: cors\r\n\r\n")).from_browser);
  EXPECT_FALSE(error_form_of(*ParsedRequest("GET / HTTP/1.1\r\nHost: x\r\n\r\n")).from_browser);
}

}  // namespace
}  // namespace propylon::api
