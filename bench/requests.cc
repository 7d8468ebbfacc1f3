#include "requests.h"

#include "support/http_client.h"

namespace propylon::bench {

std::string json_of(std::size_t bytes) {
  const std::string start = R"({"id":4711,"kind":"order","customer":"0815","note":")";
  return start + std::string(bytes - start.size() - 2, 'n') + "\"}";
}

std::string batch_of(std::size_t messages, std::size_t bytes) {
  const std::string message = json_of(bytes);
  std::string body = "[" + message;
  for (std::size_t i = 1; i < messages; ++i) body += "," + message;
  return body + "]";
}

std::string render_request(const std::string& method, const std::string& target, const std::string& token,
                           const std::string& body) {
  return testing::HttpClient::render(
      method, target,
      {{"User-Agent", "propylon-bench"}, {"Authorization", "Bearer " + token}, {"Content-Type", "application/json"}},
      body);
}

}  // namespace propylon::bench
