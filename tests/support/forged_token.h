// JSON Web Tokens with any content, made without the server's code.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace propylon::testing {

enum class Digest { kSha256, kSha512 };

// base64url of both texts and an HMAC over them.
std::string forge_token(std::string_view header, std::string_view claims, std::string_view key,
                        Digest digest = Digest::kSha256);

// The claims in a token of the server, as JSON.
std::string claims_in(std::string_view token);
// The claims with one of them changed (or added) to `json`.
std::string changed(const std::string& claims, const std::string& name, const std::string& json);
// Without one of them.
std::string without(const std::string& claims, const std::string& name);

inline constexpr const char* kHs256 = R"({"alg":"HS256","typ":"JWT"})";

std::int64_t unix_time_s();

}  // namespace propylon::testing
