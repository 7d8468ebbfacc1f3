#include "http/content_coding.h"

#include "http/characters.h"

namespace propylon::http {

ContentCoding content_coding(std::string_view value) {
  if (value.empty() || equals_lower(value, "identity")) return ContentCoding::kIdentity;
  if (equals_lower(value, "gzip") || equals_lower(value, "x-gzip")) return ContentCoding::kGzip;
  if (equals_lower(value, "deflate")) return ContentCoding::kDeflate;
  if (equals_lower(value, "br") || equals_lower(value, "brotli")) return ContentCoding::kBrotli;
  if (equals_lower(value, "zstd")) return ContentCoding::kZstd;
  return ContentCoding::kUnsupported;
}

std::string_view to_string(ContentCoding coding) {
  switch (coding) {
    case ContentCoding::kIdentity: return "identity";
    case ContentCoding::kGzip: return "gzip";
    case ContentCoding::kDeflate: return "deflate";
    case ContentCoding::kBrotli: return "br";
    case ContentCoding::kZstd: return "zstd";
    case ContentCoding::kUnsupported: break;
  }
  return "";
}

}  // namespace propylon::http
