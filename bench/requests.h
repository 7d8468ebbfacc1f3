// The requests that are sent: the same head to every server.
#pragma once
#include <cstddef>
#include <string>

namespace propylon::bench {

inline constexpr std::size_t kSingleBytes = 259;
inline constexpr std::size_t kSmallBytes = 100;
inline constexpr std::size_t kBatch = 1000;

// A JSON object of exactly so many bytes (60 and more).
std::string json_of(std::size_t bytes);
// A JSON array of so many of them.
std::string batch_of(std::size_t messages, std::size_t bytes);
// A whole request with a JSON body and a bearer token.
std::string render_request(const std::string& method, const std::string& target, const std::string& token,
                           const std::string& body);

}  // namespace propylon::bench
