#include "result_json.h"

#include "json/writer.h"

namespace propylon::bench {

std::string to_json(const LoadResult& result) {
  const auto us = [&](double quantile) { return static_cast<double>(result.latency_ns.quantile_ns(quantile)) / 1000; };
  std::string text;
  json::Writer writer(text);
  writer.begin_object().key("requests_per_s").number(static_cast<double>(result.answered) / result.seconds);
  writer.key("p50_us").number(us(0.5)).key("p99_us").number(us(0.99)).key("p99_9_us").number(us(0.999));
  writer.key("answered").number(result.answered).key("seconds").number(result.seconds);
  writer.key("errors").number(result.errors).key("first_error").string(result.first_error).end_object();
  return text;
}

}  // namespace propylon::bench
