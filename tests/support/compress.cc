#include "support/compress.h"

#include <brotli/decode.h>
#include <brotli/encode.h>
#include <zlib.h>
#include <zstd.h>

#include <stdexcept>

namespace propylon::testing {
namespace {

constexpr int kWindowBits = 15;
constexpr int kGzipHeader = 16;  // added to the window bits
constexpr std::size_t kDecodedBytesMax = 64 << 20;

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

std::string gunzip(std::string_view bytes) {
  z_stream stream{};
  if (::inflateInit2(&stream, kWindowBits + kGzipHeader) != Z_OK) throw std::runtime_error("zlib does not start");
  std::string out(kDecodedBytesMax, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int result = ::inflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  ::inflateEnd(&stream);
  if (result != Z_STREAM_END || stream.avail_in != 0) throw std::runtime_error("this is no gzip");
  return out;
}

}  // namespace

std::string gzip(std::string_view bytes) { return compress(bytes, kWindowBits + kGzipHeader); }
std::string deflate(std::string_view bytes) { return compress(bytes, kWindowBits); }

std::string brotli(std::string_view bytes) {
  std::string out(::BrotliEncoderMaxCompressedSize(bytes.size()), '\0');
  std::size_t size = out.size();
  if (!::BrotliEncoderCompress(BROTLI_DEFAULT_QUALITY, BROTLI_DEFAULT_WINDOW, BROTLI_DEFAULT_MODE, bytes.size(),
                               reinterpret_cast<const std::uint8_t*>(bytes.data()), &size,
                               reinterpret_cast<std::uint8_t*>(out.data()))) {
    throw std::runtime_error("brotli does not end");
  }
  out.resize(size);
  return out;
}

std::string zstd(std::string_view bytes) {
  std::string out(::ZSTD_compressBound(bytes.size()), '\0');
  const std::size_t size = ::ZSTD_compress(out.data(), out.size(), bytes.data(), bytes.size(), ZSTD_CLEVEL_DEFAULT);
  if (::ZSTD_isError(size)) throw std::runtime_error("zstd does not end");
  out.resize(size);
  return out;
}

std::string decompress(std::string_view coding, std::string_view bytes) {
  if (coding.empty()) return std::string(bytes);
  if (coding == "gzip") return gunzip(bytes);
  std::string out(kDecodedBytesMax, '\0');
  std::size_t size = out.size();
  if (coding == "br") {
    if (::BrotliDecoderDecompress(bytes.size(), reinterpret_cast<const std::uint8_t*>(bytes.data()), &size,
                                  reinterpret_cast<std::uint8_t*>(out.data())) != BROTLI_DECODER_RESULT_SUCCESS) {
      throw std::runtime_error("this is no brotli");
    }
  } else if (coding == "zstd") {
    size = ::ZSTD_decompress(out.data(), out.size(), bytes.data(), bytes.size());
    if (::ZSTD_isError(size)) throw std::runtime_error("this is no zstd");
  } else {
    throw std::runtime_error("an unknown coding: " + std::string(coding));
  }
  out.resize(size);
  return out;
}

}  // namespace propylon::testing
