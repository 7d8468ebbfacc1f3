// Compresses whole bodies of answers.
//
// Keeps what the libraries work with (0.6 MiB for zstd, 0.3 for gzip) from one body to the next: making it anew costs
// more than compressing a small one. Thread: caller serialises; does not block, works at 150 (gzip) to 900 (zstd) MB/s.
#pragma once
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/accept_encoding.h"
#include "http/content_coding.h"

namespace propylon::http {

class ContentEncoder final {
 public:
  enum class Wanted {
    kIfSmaller,
    kAnyway,
  };

  ContentEncoder();
  ContentEncoder(const ContentEncoder&) = delete;
  ContentEncoder& operator=(const ContentEncoder&) = delete;
  ~ContentEncoder();

  // `coding` is one of kEncodings. Empty when the body would not become smaller, unless it is wanted anyway, or when
  // there is no memory.
  std::optional<std::string> encode(ContentCoding coding, std::string_view body, Wanted wanted);

  class Format;  // one coding and its memory

 private:
  std::array<std::unique_ptr<Format>, kEncodings.size()> formats_;  // each made when it is first needed
};

}  // namespace propylon::http
