#include "support/compress.h"

#include <zlib.h>

#include <stdexcept>

namespace propylon::testing {
namespace {

constexpr int kWindowBits = 15;
constexpr int kGzipHeader = 16;  // added to the window bits

std::string compress(std::string_view bytes, int window_bits) {
  z_stream stream{};
  if (::deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::runtime_error("zlib does not start");
  }
  std::string out(::deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int result = ::deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  ::deflateEnd(&stream);
  if (result != Z_STREAM_END) throw std::runtime_error("zlib does not end");
  return out;
}

}  // namespace

std::string gzip(std::string_view bytes) { return compress(bytes, kWindowBits + kGzipHeader); }
std::string deflate(std::string_view bytes) { return compress(bytes, kWindowBits); }

}  // namespace propylon::testing
