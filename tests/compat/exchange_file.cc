#include "exchange_file.h"

#include <cctype>
#include <fstream>
#include <stdexcept>

#include "json/base64.h"
#include "json/document.h"

namespace propylon::compat {
namespace {

std::string text_of(const json::Object& object, std::string_view name) {
  const auto text = object.string(name);
  return text && *text ? **text : std::string();
}

// Field values are recorded as one character for each byte.
std::string bytes_of(const std::string& utf8) {
  std::string bytes;
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    const auto lead = static_cast<unsigned char>(utf8[i]);
    if (lead < 0x80) {
      bytes.push_back(utf8[i]);
    } else {
      bytes.push_back(static_cast<char>(((lead & 3) << 6) | (static_cast<unsigned char>(utf8[++i]) & 0x3f)));
    }
  }
  return bytes;
}

std::optional<std::string> content(const json::Object& object, const std::string& name) {
  if (const auto text = object.string(name); text && *text) return **text;
  if (const auto encoded = text_of(object, name + "_base64"); !encoded.empty()) {
    return json::from_base64(encoded, json::Base64::kStandard);
  }
  return std::nullopt;
}

// "65536 times the letter x"
std::optional<std::string> described_body(const std::string& description) {
  constexpr std::string_view kWords = " times the letter ";
  const auto at = description.find(kWords);
  if (at == std::string::npos || description.size() != at + kWords.size() + 1) return std::nullopt;
  return std::string(std::stoul(description), description.back());
}

void read_request(const json::Object& request, RecordedExchange& exchange) {
  exchange.method = text_of(request, "method");
  exchange.path = text_of(request, "path");
  exchange.raw = content(request, "raw");
  if (!exchange.raw && exchange.method.empty()) exchange.unusable = "its request is only described";
  const auto headers = request.array("headers");
  if (headers && *headers) {
    for (const auto& header : **headers) {
      const auto pair = header.array("header");
      exchange.headers.emplace_back(pair->at(0).string("name").value(), bytes_of(pair->at(1).string("value").value()));
    }
  }
  if (const auto body = content(request, "body")) {
    exchange.body = *body;
  } else if (const auto description = text_of(request, "body_description"); !description.empty()) {
    const auto made = described_body(description);
    exchange.body = made.value_or("");
    if (!made) exchange.unusable = "its body is only described";
  }
}

RecordedAnswer read_answer(const json::Object& response) {
  const auto status = response.integer("status");
  return {status && *status ? static_cast<int>(**status) : 0, content(response, "body").value_or("")};
}

void read_answers(const json::Object& root, RecordedExchange& exchange) {
  if (const auto one = root.object("response"); one && *one) exchange.answers.push_back(read_answer(**one));
  const auto several = root.array("responses");
  if (!several || !*several) return;
  for (const auto& response : **several) exchange.answers.push_back(read_answer(response.object("response").value()));
}

Follow read_follow(const json::Object& root) {
  if (const auto flag = root.boolean("follow"); flag && *flag) return **flag ? Follow::kExactly : Follow::kNot;
  return text_of(root, "follow") == "shape" ? Follow::kShape : Follow::kNot;
}

// "...; ours answers 403": the refusal that the reason of a case promises; 0 when there is none.
int promised_refusal(const std::string& reason) {
  constexpr std::string_view kPromise = "ours answers 4";
  const auto at = reason.find(kPromise);
  if (at == std::string::npos || at + kPromise.size() + 2 > reason.size()) return 0;
  return std::stoi(reason.substr(at + kPromise.size() - 1, 3));
}

// Of a case that is not followed, what is to be checked nevertheless.
void expect_refusal(const std::string& reason, RecordedExchange& exchange) {
  const int status = promised_refusal(reason);
  if (exchange.follow != Follow::kNot || status == 0) return;
  exchange.follow = Follow::kRefuse;
  exchange.answers.assign(1, {status, ""});
}

RecordedExchange read_exchange(const std::string& line) {
  const auto document = json::Document::parse_object(line, {.bytes = 1 << 24, .depth = 1024});
  if (!document) throw std::runtime_error("a recorded exchange is no JSON: " + document.error().message);
  const auto root = document->object();
  RecordedExchange exchange;
  exchange.name = text_of(root, "name");
  exchange.follow = read_follow(root);
  exchange.credential = text_of(root, "credential");
  exchange.setup = text_of(root, "setup");
  if (const auto schema = root.object("schema"); schema && *schema) {
    exchange.schema_type = text_of(**schema, "type");
    exchange.schema_content = text_of(**schema, "content");
  }
  if (const auto request = root.object("request"); request && *request) {
    read_request(**request, exchange);
  } else {
    exchange.unusable = "it records no request";
  }
  read_answers(root, exchange);
  expect_refusal(text_of(root, "why"), exchange);
  if (exchange.answers.empty()) exchange.unusable = "it records no answer";
  return exchange;
}

}  // namespace

std::vector<RecordedExchange> read_exchanges(const std::string& file) {
  std::ifstream input(file);
  if (!input) throw std::runtime_error("cannot read " + file);
  std::vector<RecordedExchange> exchanges;
  for (std::string line; std::getline(input, line);) exchanges.push_back(read_exchange(line));
  return exchanges;
}

}  // namespace propylon::compat
