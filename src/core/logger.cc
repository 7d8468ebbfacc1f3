#include "core/logger.h"

#include <fmt/format.h>
#include <unistd.h>

namespace propylon {
namespace {

std::string_view name_of(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug: return "debug";
    case LogLevel::kInfo: return "info";
    case LogLevel::kWarn: return "warn";
    case LogLevel::kError: return "error";
  }
  return "error";
}

// As a JSON string; also used for text lines, where an unprintable byte must not reach a terminal either.
void append_quoted(std::string& line, std::string_view text) {
  line += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      line += '\\';
      line += c;
    } else if (byte < 0x20 || byte >= 0x7f) {
      fmt::format_to(std::back_inserter(line), "\\u{:04x}", byte);
    } else {
      line += c;
    }
  }
  line += '"';
}

bool plain(std::string_view text) {
  if (text.empty()) return false;
  for (const char c : text) {
    if (c <= ' ' || c == '"' || c == '\\' || c == '=' || static_cast<unsigned char>(c) >= 0x7f) return false;
  }
  return true;
}

}  // namespace

std::string format_time(WallTime time) {
  using namespace std::chrono;
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(floor<milliseconds>(time - day));
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count(), clock.subseconds().count());
}

void StderrSink::write(std::string_view line) {
  while (!line.empty()) {
    const ssize_t n = ::write(STDERR_FILENO, line.data(), line.size());
    if (n <= 0) return;
    line.remove_prefix(static_cast<std::size_t>(n));
  }
}

void Logger::log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) const {
  if (!enabled(level)) return;
  std::string line;
  if (format_ == LogFormat::kJson) {
    line = fmt::format(R"({{"time":"{}","level":"{}","event":)", format_time(clock_.wall()), name_of(level));
    append_quoted(line, event);
    for (const auto& field : fields) {
      line += ',';
      append_quoted(line, field.name);
      line += ':';
      field.is_text ? append_quoted(line, field.value) : void(line += field.value);
    }
    line += "}\n";
  } else {
    line = fmt::format("{} {:<5} {}", format_time(clock_.wall()), name_of(level), event);
    for (const auto& field : fields) {
      line += ' ';
      line += field.name;
      line += '=';
      plain(field.value) ? void(line += field.value) : append_quoted(line, field.value);
    }
    line += '\n';
  }
  sink_.write(line);
}

}  // namespace propylon
