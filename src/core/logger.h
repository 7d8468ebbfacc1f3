// Structured log lines: an event as a sentence, and named fields.
//
// Text for people (`2026-01-01T00:00:00.000Z info  listening port=4444`), or one JSON object a line for machines.
// Values are escaped: no client can forge a line. Secrets have no way in (core/secret.h does not convert).
#pragma once
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "core/clock.h"

namespace propylon {

enum class LogLevel : std::uint8_t { kDebug, kInfo, kWarn, kError };
enum class LogFormat : std::uint8_t { kText, kJson };

// One named value. Names are snake_case and end in their unit where there is one.
struct LogField {
  LogField(std::string_view field_name, std::string_view text) : name(field_name), value(text), is_text(true) {}
  LogField(std::string_view field_name, const char* text) : LogField(field_name, std::string_view(text)) {}
  LogField(std::string_view field_name, const std::string& text) : LogField(field_name, std::string_view(text)) {}
  template <std::integral Number>
  LogField(std::string_view field_name, Number number) : name(field_name), value(std::to_string(number)) {}

  std::string_view name;
  std::string value;
  bool is_text = false;
};

// Where finished lines go. Thread: any.
class LogSink {
 public:
  virtual ~LogSink() = default;
  // One line including its newline.
  virtual void write(std::string_view line) = 0;
};

// Standard error, one write(2) a line; a line that cannot be written is lost.
class StderrSink final : public LogSink {
 public:
  void write(std::string_view line) override;
};

// Thread: any.
class Logger final {
 public:
  Logger(LogSink& sink, const Clock& clock, LogLevel level, LogFormat format)
      : sink_(sink), clock_(clock), level_(level), format_(format) {}

  bool enabled(LogLevel level) const { return level >= level_; }
  void log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {}) const;
  void debug(std::string_view event, std::initializer_list<LogField> fields = {}) const {
    log(LogLevel::kDebug, event, fields);
  }
  void info(std::string_view event, std::initializer_list<LogField> fields = {}) const {
    log(LogLevel::kInfo, event, fields);
  }
  void warn(std::string_view event, std::initializer_list<LogField> fields = {}) const {
    log(LogLevel::kWarn, event, fields);
  }
  void error(std::string_view event, std::initializer_list<LogField> fields = {}) const {
    log(LogLevel::kError, event, fields);
  }

 private:
  LogSink& sink_;
  const Clock& clock_;
  const LogLevel level_;
  const LogFormat format_;
};

// A time as RFC 3339 in UTC with milliseconds: 2026-01-01T00:00:00.000Z.
std::string format_time(WallTime time);

}  // namespace propylon
