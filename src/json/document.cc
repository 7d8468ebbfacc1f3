#include "json/document.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "core/assert.h"
#include "json/scanner.h"
#include "json/unescape.h"
#include "json/utf8.h"

namespace propylon::json {

// The values in the order of the text: a container is followed by what it holds, in an object each value by its key.
struct Tree {
  struct Node {
    std::uint32_t begin;
    std::uint32_t end;
    std::uint32_t next;  // the node behind this value
    Type type;
  };
  std::string_view text;
  std::vector<Node> nodes;

  std::string_view raw(std::uint32_t node) const {
    return text.substr(nodes[node].begin, nodes[node].end - nodes[node].begin);
  }
  std::string_view inside_quotes(std::uint32_t node) const {
    const std::string_view quoted = raw(node);
    return quoted.substr(1, quoted.size() - 2);
  }
};

namespace {

Type type_of(char first) {
  switch (first) {
    case '"': return Type::kString;
    case 't':
    case 'f': return Type::kBoolean;
    case 'n': return Type::kNull;
    case '{': return Type::kObject;
    case '[': return Type::kArray;
    default: return Type::kNumber;
  }
}

// Makes nodes of what a Scanner passes.
class Builder {
 public:
  explicit Builder(Tree& tree) : tree_(tree) {}

  void begin(const char* bracket) {
    open_.push_back(size());
    add(bracket, bracket + 1);
  }
  void end(const char* behind) {
    Tree::Node& node = tree_.nodes[open_.back()];
    open_.pop_back();
    node.end = offset(behind);
    node.next = size();
  }
  void key(const char* begin, const char* end) { add(begin, end); }
  void scalar(const char* begin, const char* end) { add(begin, end); }

 private:
  std::uint32_t size() const { return static_cast<std::uint32_t>(tree_.nodes.size()); }
  std::uint32_t offset(const char* at) const { return static_cast<std::uint32_t>(at - tree_.text.data()); }
  void add(const char* begin, const char* end) {
    tree_.nodes.push_back({offset(begin), offset(end), size() + 1, type_of(*begin)});
  }
  Tree& tree_;
  std::vector<std::uint32_t> open_;
};

std::unexpected<Error> wrong_type(std::string_view field, std::string_view wanted) {
  return fail(ErrorCode::kInvalidRequest,
              "The field \"" + std::string(field) + "\" must be " + std::string(wanted) + ".", std::string(field));
}

bool key_is(const Tree& tree, std::uint32_t key, std::string_view name) {
  const std::string_view inside = tree.inside_quotes(key);
  if (!inside.contains('\\')) return inside == name;
  return unescape(inside) == name;
}

// The value of the last field of this name.
std::optional<std::uint32_t> last_field(const Tree& tree, std::uint32_t object, std::string_view name) {
  std::optional<std::uint32_t> found;
  for (std::uint32_t key = object + 1; key < tree.nodes[object].next; key = tree.nodes[key + 1].next) {
    if (key_is(tree, key, name)) found = key + 1;
  }
  return found;
}

std::optional<std::int64_t> integer_of(std::string_view number) {
  const char* const end = number.data() + number.size();
  std::int64_t integer = 0;
  if (const auto [stop, error] = std::from_chars(number.data(), end, integer); error == std::errc() && stop == end)
    return integer;
  double value = 0;
  if (const auto [stop, error] = std::from_chars(number.data(), end, value); error != std::errc() || stop != end)
    return std::nullopt;
  // Above 2^53 a double no longer says which integer was written.
  if (std::trunc(value) != value || std::fabs(value) > 9007199254740992.0) return std::nullopt;
  return static_cast<std::int64_t>(value);
}

}  // namespace

Type Value::type() const { return tree_->nodes[node_].type; }
std::string_view Value::raw() const { return tree_->raw(node_); }

Result<std::string> Value::string(std::string_view field) const {
  if (type() != Type::kString) return wrong_type(field, "a string");
  auto text = unescape(tree_->inside_quotes(node_));
  if (!text) return wrong_type(field, "a string of whole characters; it holds half of a surrogate pair");
  return *std::move(text);
}

Result<std::int64_t> Value::integer(std::string_view field) const {
  if (type() != Type::kNumber) return wrong_type(field, "an integer");
  const auto value = integer_of(raw());
  if (!value) return wrong_type(field, "an integer of at most 64 bits");
  return *value;
}

Result<bool> Value::boolean(std::string_view field) const {
  if (type() != Type::kBoolean) return wrong_type(field, "true or false");
  return raw() == "true";
}

Result<Object> Value::object(std::string_view field) const {
  if (type() != Type::kObject) return wrong_type(field, "an object");
  return Object(*tree_, node_);
}

Result<std::vector<Value>> Value::array(std::string_view field) const {
  if (type() != Type::kArray) return wrong_type(field, "an array");
  std::vector<Value> values;
  for (std::uint32_t node = node_ + 1; node < tree_->nodes[node_].next; node = tree_->nodes[node].next) {
    values.emplace_back(*tree_, node);
  }
  return values;
}

std::optional<Value> Object::find(std::string_view name) const {
  const auto node = last_field(*tree_, node_, name);
  if (!node || tree_->nodes[*node].type == Type::kNull) return std::nullopt;
  return Value(*tree_, *node);
}

bool Object::is_null(std::string_view name) const {
  const auto node = last_field(*tree_, node_, name);
  return node && tree_->nodes[*node].type == Type::kNull;
}

namespace {

// Asks a Value for one of its types when the field is there.
template <class T>
Result<std::optional<T>> converted(const Object& object, std::string_view name,
                                   Result<T> (Value::*convert)(std::string_view) const) {
  const auto value = object.find(name);
  if (!value) return std::optional<T>();
  return std::optional<T>(PPL_TRY(((*value).*convert)(name)));
}

}  // namespace

Result<std::optional<std::string>> Object::string(std::string_view name) const {
  return converted(*this, name, &Value::string);
}
Result<std::optional<std::int64_t>> Object::integer(std::string_view name) const {
  return converted(*this, name, &Value::integer);
}
Result<std::optional<bool>> Object::boolean(std::string_view name) const {
  return converted(*this, name, &Value::boolean);
}
Result<std::optional<Object>> Object::object(std::string_view name) const {
  return converted(*this, name, &Value::object);
}
Result<std::optional<std::vector<Value>>> Object::array(std::string_view name) const {
  return converted(*this, name, &Value::array);
}

std::vector<std::string> Object::names() const {
  std::vector<std::string> names;
  for (std::uint32_t key = node_ + 1; key < tree_->nodes[node_].next; key = tree_->nodes[key + 1].next) {
    const std::string_view inside = tree_->inside_quotes(key);
    names.push_back(unescape(inside).value_or(std::string(inside)));
  }
  return names;
}

Result<void> Object::refuse_unknown(std::initializer_list<std::string_view> known) const {
  for (auto& name : names()) {
    if (std::ranges::find(known, name) != known.end()) continue;
    return fail(ErrorCode::kInvalidRequest, "The field \"" + name + "\" is not known here.", name);
  }
  return {};
}

Document::Document(std::unique_ptr<Tree> tree) : tree_(std::move(tree)) {}
Document::Document(Document&&) noexcept = default;
Document& Document::operator=(Document&&) noexcept = default;
Document::~Document() = default;

Result<Document> Document::parse(std::string_view text, DocumentLimits limits) {
  PPL_ASSERT(limits.bytes < 0xFFFFFFFF);  // nodes hold 32-bit positions
  if (text.size() > limits.bytes) {
    return fail(ErrorCode::kBodyTooLarge, "The JSON has more than " + std::to_string(limits.bytes) + " bytes.");
  }
  auto tree = std::make_unique<Tree>();
  tree->text = text;
  Builder builder(*tree);
  Scanner scanner(text, limits.depth);
  scanner.skip_byte_order_mark();
  if (!scanner.value(builder)) return std::unexpected(scan_error(scanner));
  scanner.skip_blanks();
  if (!scanner.at_end()) return std::unexpected(scan_error(scanner));
  if (!valid_utf8(text)) return std::unexpected(utf8_error(text));
  return Document(std::move(tree));
}

Result<Document> Document::parse_object(std::string_view text, DocumentLimits limits) {
  auto document = parse(text, limits);
  if (document && document->root().type() != Type::kObject) {
    const std::uint32_t begin = document->tree_->nodes[0].begin;
    return std::unexpected(wrong_type_error(text[begin], "a JSON object", begin));
  }
  return document;
}

Object Document::object() const {
  PPL_ASSERT(tree_->nodes[0].type == Type::kObject);
  return Object(*tree_, 0);
}

}  // namespace propylon::json
