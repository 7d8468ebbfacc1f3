#include "schema/json_schema/uri.h"

#include <cctype>
#include <charconv>

namespace propylon::schema::json_schema {
namespace {

// The five parts of RFC 3986 appendix B. A part with `has_` false is absent, which differs from empty.
struct Parts {
  std::string_view scheme, authority, path, query, fragment;
  bool has_scheme = false, has_authority = false, has_query = false, has_fragment = false;
};

bool is_scheme(std::string_view text) {
  if (text.empty() || std::isalpha(static_cast<unsigned char>(text.front())) == 0) return false;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '+' && c != '-' && c != '.') return false;
  }
  return true;
}

Parts parse(std::string_view uri) {
  Parts parts;
  if (const auto at = uri.find('#'); at != std::string_view::npos) {
    parts.has_fragment = true;
    parts.fragment = uri.substr(at + 1);
    uri = uri.substr(0, at);
  }
  if (const auto at = uri.find('?'); at != std::string_view::npos) {
    parts.has_query = true;
    parts.query = uri.substr(at + 1);
    uri = uri.substr(0, at);
  }
  if (const auto at = uri.find(':'); at != std::string_view::npos && is_scheme(uri.substr(0, at))) {
    parts.has_scheme = true;
    parts.scheme = uri.substr(0, at);
    uri.remove_prefix(at + 1);
  }
  if (uri.starts_with("//")) {
    uri.remove_prefix(2);
    const auto at = std::min(uri.find('/'), uri.size());
    parts.has_authority = true;
    parts.authority = uri.substr(0, at);
    uri.remove_prefix(at);
  }
  parts.path = uri;
  return parts;
}

void remove_last_segment(std::string& path) {
  const auto slash = path.rfind('/');
  path.resize(slash == std::string::npos ? 0 : slash);
}

// RFC 3986 section 5.2.4.
std::string without_dot_segments(std::string_view in) {
  std::string out;
  while (!in.empty()) {
    if (in.starts_with("../")) {
      in.remove_prefix(3);
    } else if (in.starts_with("./")) {
      in.remove_prefix(2);
    } else if (in.starts_with("/./")) {
      in.remove_prefix(2);
    } else if (in == "/.") {
      in = "/";
    } else if (in.starts_with("/../")) {
      in.remove_prefix(3);
      remove_last_segment(out);
    } else if (in == "/..") {
      in = "/";
      remove_last_segment(out);
    } else if (in == "." || in == "..") {
      in = {};
    } else {
      const auto end = std::min(in.find('/', 1), in.size());
      out.append(in.substr(0, end));
      in.remove_prefix(end);
    }
  }
  return out;
}

std::string merged_path(const Parts& base, std::string_view path) {
  if (base.has_authority && base.path.empty()) return "/" + std::string(path);
  const auto slash = base.path.rfind('/');
  const auto kept = slash == std::string_view::npos ? std::string_view{} : base.path.substr(0, slash + 1);
  return std::string(kept) + std::string(path);
}

std::string written(const Parts& parts, std::string_view path) {
  std::string uri;
  if (parts.has_scheme) uri.append(parts.scheme).push_back(':');
  if (parts.has_authority) uri.append("//").append(parts.authority);
  uri.append(path);
  if (parts.has_query) uri.append("?").append(parts.query);
  if (parts.has_fragment) uri.append("#").append(parts.fragment);
  return uri;
}

}  // namespace

SplitUri split_fragment(std::string_view uri) {
  const auto at = uri.find('#');
  if (at == std::string_view::npos) return {uri, {}};
  return {uri.substr(0, at), uri.substr(at + 1)};
}

std::string resolve_uri(std::string_view base_uri, std::string_view reference) {
  Parts target = parse(reference);
  if (target.has_scheme) return written(target, without_dot_segments(target.path));
  const Parts base = parse(base_uri);
  target.has_scheme = base.has_scheme;
  target.scheme = base.scheme;
  if (target.has_authority) return written(target, without_dot_segments(target.path));
  target.has_authority = base.has_authority;
  target.authority = base.authority;
  if (!target.path.empty()) {
    const bool absolute = target.path.starts_with('/');
    return written(target, without_dot_segments(absolute ? std::string(target.path) : merged_path(base, target.path)));
  }
  if (!target.has_query) {
    target.has_query = base.has_query;
    target.query = base.query;
  }
  return written(target, base.path);
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned value = 0;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(text.data() + i + 1, text.data() + i + 3, value, 16).ptr == text.data() + i + 3) {
      out.push_back(static_cast<char>(value));
      i += 2;
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

std::vector<std::string> pointer_tokens(std::string_view pointer) {
  std::vector<std::string> tokens;
  for (const char c : pointer) {
    if (c == '/') {
      tokens.emplace_back();
    } else if (!tokens.empty()) {
      tokens.back().push_back(c);
    }
  }
  for (auto& token : tokens) {
    for (std::size_t at = 0; (at = token.find('~', at)) != std::string::npos; ++at) {
      if (token.compare(at, 2, "~1") == 0)
        token.replace(at, 2, "/");
      else if (token.compare(at, 2, "~0") == 0)
        token.replace(at, 2, "~");
    }
  }
  return tokens;
}

void append_pointer_token(std::string& pointer, std::string_view token) {
  pointer.push_back('/');
  for (const char c : token) {
    if (c == '~') {
      pointer += "~0";
    } else if (c == '/') {
      pointer += "~1";
    } else {
      pointer.push_back(c);
    }
  }
}

}  // namespace propylon::schema::json_schema
