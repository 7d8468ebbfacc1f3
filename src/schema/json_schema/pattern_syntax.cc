// From ECMA 262 (with the u flag, and what browsers allow beside it) to RE2's syntax.
#include <array>
#include <charconv>
#include <optional>

#include "schema/json_schema/limits.h"
#include "schema/json_schema/pattern.h"

namespace propylon::schema::json_schema {
namespace {

constexpr std::string_view kNotInLine = R"(\n\r\x{2028}\x{2029})";
constexpr std::string_view kBlanks =
    R"(\t-\r \x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff})";
constexpr std::string_view kNoBlanks =
    R"(\x00-\x08\x0e-\x1f!-\x{9f}\x{a1}-\x{167f}\x{1681}-\x{1fff}\x{200b}-\x{2027}\x{202a}-\x{202e}\x{2030}-\x{205e})"
    R"(\x{2060}-\x{2fff}\x{3001}-\x{fefe}\x{ff00}-\x{10ffff})";
constexpr std::uint32_t kCodePointMax = 0x10FFFF;

struct Name {
  std::string_view from, to;
};
// General categories by their long names and aliases (Unicode, PropertyValueAliases); RE2 knows the short ones.
constexpr Name kCategories[] = {{"Letter", "L"},
                                {"Cased_Letter", "LC"},
                                {"Uppercase_Letter", "Lu"},
                                {"Lowercase_Letter", "Ll"},
                                {"Titlecase_Letter", "Lt"},
                                {"Modifier_Letter", "Lm"},
                                {"Other_Letter", "Lo"},
                                {"Mark", "M"},
                                {"Combining_Mark", "M"},
                                {"Nonspacing_Mark", "Mn"},
                                {"Spacing_Mark", "Mc"},
                                {"Enclosing_Mark", "Me"},
                                {"Number", "N"},
                                {"Decimal_Number", "Nd"},
                                {"digit", "Nd"},
                                {"Letter_Number", "Nl"},
                                {"Other_Number", "No"},
                                {"Punctuation", "P"},
                                {"punct", "P"},
                                {"Connector_Punctuation", "Pc"},
                                {"Dash_Punctuation", "Pd"},
                                {"Open_Punctuation", "Ps"},
                                {"Close_Punctuation", "Pe"},
                                {"Initial_Punctuation", "Pi"},
                                {"Final_Punctuation", "Pf"},
                                {"Other_Punctuation", "Po"},
                                {"Symbol", "S"},
                                {"Math_Symbol", "Sm"},
                                {"Currency_Symbol", "Sc"},
                                {"Modifier_Symbol", "Sk"},
                                {"Other_Symbol", "So"},
                                {"Separator", "Z"},
                                {"Space_Separator", "Zs"},
                                {"Line_Separator", "Zl"},
                                {"Paragraph_Separator", "Zp"},
                                {"Other", "C"},
                                {"Control", "Cc"},
                                {"cntrl", "Cc"},
                                {"Format", "Cf"},
                                {"Surrogate", "Cs"},
                                {"Private_Use", "Co"}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

void append_code_point(std::string& out, std::uint32_t code_point) {
  std::array<char, 16> hex;
  const auto end = std::to_chars(hex.begin(), hex.end(), code_point, 16).ptr;
  out.append("\\x{").append(hex.begin(), end).push_back('}');
}

// What one atom stands for: a character, or a set written as the inside of a class.
struct Atom {
  std::optional<std::uint32_t> code_point;
  std::string set;
};

class Translator final {
 public:
  explicit Translator(std::string_view source) : rest_(source) {}

  std::expected<std::string, PatternFault> run() {
    while (!rest_.empty() && !fault_) step();
    if (!fault_ && open_ != 0) refuse("a parenthesis is not closed");
    if (fault_) return std::unexpected(*std::move(fault_));
    return std::move(out_);
  }

 private:
  void refuse(std::string message, bool unsupported = false) {
    if (!fault_) fault_ = PatternFault{unsupported, std::move(message)};
  }
  void refuse_unsupported(std::string_view what) {
    refuse(std::string(what) + " is not supported: expressions are matched in linear time", true);
  }
  bool take(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }

  void step() {
    switch (rest_.front()) {
      case '(': return open_group();
      case ')':
        if (open_-- == 0) return refuse("a parenthesis is closed that was not opened");
        rest_.remove_prefix(1);
        return atom(")");
      case '|':
        rest_.remove_prefix(1);
        out_.push_back('|');
        repeatable_ = false;
        return;
      case '^':
      case '$':
        out_.push_back(rest_.front());
        rest_.remove_prefix(1);
        repeatable_ = false;
        return;
      case '*':
      case '+':
      case '?':
      case '{': return quantifier();
      case '.': rest_.remove_prefix(1); return atom("[^" + std::string(kNotInLine) + "]");
      case '[': return bracket_class();
      case '\\': return escape_outside();
      default: return literal();
    }
  }
  void atom(std::string_view text) {
    out_ += text;
    repeatable_ = true;
  }
  void literal() {
    std::string text;
    append_code_point(text, next_code_point());
    atom(text);
  }

  void open_group() {
    for (const std::string_view look : {"(?=", "(?!"}) {
      if (take(look)) return refuse_unsupported("look-ahead");
    }
    for (const std::string_view look : {"(?<=", "(?<!"}) {
      if (take(look)) return refuse_unsupported("look-behind");
    }
    if (take("(?<")) {
      const auto end = rest_.find('>');
      if (end == 0 || end == std::string_view::npos) return refuse("the name of a group is not closed");
      rest_.remove_prefix(end + 1);
    } else if (!take("(?:")) {
      rest_.remove_prefix(1);
      if (rest_.starts_with('?')) return refuse("unknown kind of group: (" + std::string(rest_.substr(0, 2)));
    }
    ++open_;
    out_ += "(?:";
    repeatable_ = false;
  }

  // {n}, {n,} or {n,m} at the start of rest_; its length, or 0 when the brace is a character.
  std::size_t counted() const {
    std::size_t at = 1;
    const auto digits = [&] {
      const std::size_t from = at;
      while (at < rest_.size() && is_digit(rest_[at])) ++at;
      return at - from;
    };
    if (digits() == 0) return 0;
    if (at < rest_.size() && rest_[at] == ',') {
      ++at;
      digits();
    }
    return at < rest_.size() && rest_[at] == '}' ? at + 1 : 0;
  }
  void quantifier() {
    const bool brace = rest_.front() == '{';
    const std::size_t length = brace ? counted() : 1;
    if (length == 0) return literal();
    if (!repeatable_) return refuse("nothing stands before a quantifier");
    const std::string_view text = rest_.substr(0, length);
    if (brace && !check_counts(text)) return;
    out_ += text;
    rest_.remove_prefix(length);
    (void)take("?");
    repeatable_ = false;
  }
  bool check_counts(std::string_view text) {
    std::array<std::uint64_t, 2> counts{};
    const auto comma = text.find(',');
    const char* const end = text.data() + text.size() - 1;
    const bool two = comma != std::string_view::npos && comma + 2 < text.size();
    const auto read = [](const char* from, const char* to, std::uint64_t& into) {
      if (std::from_chars(from, to, into).ec == std::errc::result_out_of_range) into = UINT64_MAX;
    };
    read(text.data() + 1, end, counts[0]);
    if (two) read(text.data() + comma + 1, end, counts[1]);
    if (two && counts[1] < counts[0]) refuse("the counts of a quantifier are in the wrong order");
    if (std::max(counts[0], counts[1]) > kPatternRepeatMax) {
      refuse("a count above " + std::to_string(kPatternRepeatMax) + " in a regular expression is not supported", true);
    }
    return !fault_;
  }

  void escape_outside() {
    if (take("\\b")) return assertion("\\b");
    if (take("\\B")) return assertion("\\B");
    if (rest_.starts_with("\\k") || (rest_.size() > 1 && rest_[1] >= '1' && rest_[1] <= '9'))
      return refuse_unsupported("a back reference");
    const Atom atom_read = escape();
    if (fault_) return;
    std::string text;
    if (atom_read.code_point) {
      append_code_point(text, *atom_read.code_point);
    } else {
      text = "[" + atom_read.set + "]";
    }
    atom(text);
  }
  void assertion(std::string_view text) {
    out_ += text;
    repeatable_ = false;
  }

  // An escape that may stand inside a class too.
  Atom escape() {
    rest_.remove_prefix(1);
    if (rest_.empty()) return refused("a backslash stands at the end");
    const char letter = rest_.front();
    if (!is_letter(letter) && !is_digit(letter)) return {next_code_point(), {}};
    rest_.remove_prefix(1);
    switch (letter) {
      case 'd': return {{}, "0-9"};
      case 'D': return {{}, R"(\x00-/:-\x{10ffff})"};
      case 'w': return {{}, "0-9A-Z_a-z"};
      case 'W': return {{}, R"(\x00-/:-@\[-^`{-\x{10ffff})"};
      case 's': return {{}, std::string(kBlanks)};
      case 'S': return {{}, std::string(kNoBlanks)};
      case 't': return {'\t', {}};
      case 'n': return {'\n', {}};
      case 'v': return {'\v', {}};
      case 'f': return {'\f', {}};
      case 'r': return {'\r', {}};
      case '0': return {0, {}};
      case 'c': return control();
      case 'x': return {hex(2), {}};
      case 'u': return {unicode(), {}};
      case 'p':
      case 'P': return property(letter);
      default: return refused(std::string("\\") + letter + " is no escape of ECMA 262");
    }
  }
  Atom refused(std::string message) {
    refuse(std::move(message));
    return {0, {}};
  }
  Atom control() {
    if (rest_.empty() || !is_letter(rest_.front())) return refused("\\c is not followed by a letter");
    const auto code = static_cast<std::uint32_t>(rest_.front()) % 32;
    rest_.remove_prefix(1);
    return {code, {}};
  }
  std::uint32_t hex(std::size_t digits) {
    std::uint32_t value = 0;
    if (rest_.size() < digits ||
        std::from_chars(rest_.data(), rest_.data() + digits, value, 16).ptr != rest_.data() + digits) {
      refuse("an escape has too few hexadecimal digits");
      return 0;
    }
    rest_.remove_prefix(digits);
    return value;
  }
  std::uint32_t unicode() {
    if (take("{")) {
      const auto close = rest_.find('}');
      if (close == 0 || close == std::string_view::npos || close > 8) {
        refuse("\\u{...} is not closed");
        return 0;
      }
      const std::uint32_t value = hex(close);
      if (!fault_) rest_.remove_prefix(1);
      if (value > kCodePointMax) refuse("\\u{...} is beyond U+10FFFF");
      return value;
    }
    const std::uint32_t first = hex(4);
    if (first < 0xD800 || first > 0xDFFF) return first;
    if (first <= 0xDBFF && take("\\u")) {
      const std::uint32_t second = hex(4);
      if (second >= 0xDC00 && second <= 0xDFFF) return 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
    }
    refuse("half of a surrogate pair is no character", true);
    return 0;
  }
  Atom property(char letter) {
    const auto close = rest_.find('}');
    if (!take("{") || close == std::string_view::npos) return refused("\\p is not followed by a name in braces");
    std::string_view name = rest_.substr(0, close - 1);
    rest_.remove_prefix(close);
    if (name == "Any" || name == "ASCII") {
      if (letter == 'p') return {{}, name == "Any" ? R"(\x00-\x{10ffff})" : R"(\x00-\x7f)"};
      return name == "Any" ? Atom{{}, R"(\P{Any})"} : Atom{{}, R"(\x{80}-\x{10ffff})"};
    }
    for (const std::string_view prefix : {"General_Category=", "gc=", "Script=", "sc=", "Script_Extensions=", "scx="}) {
      if (name.starts_with(prefix)) {
        name.remove_prefix(prefix.size());
        break;
      }
    }
    if (name == "LC" || name == "Cased_Letter") {
      if (letter == 'p') return {{}, R"(\p{Lu}\p{Ll}\p{Lt})"};
      return refused("\\P{LC} is not supported");
    }
    for (const Name& category : kCategories) {
      if (category.from == name) name = category.to;
    }
    for (const char c : name) {
      if (!is_letter(c) && c != '_') return refused("\\p{" + std::string(name) + "} is no property");
    }
    return {{}, std::string("\\") + letter + "{" + std::string(name) + "}"};
  }

  void bracket_class() {
    rest_.remove_prefix(1);
    const bool negated = take("^");
    std::string inside;
    while (!fault_ && !rest_.starts_with(']')) {
      if (rest_.empty()) return refuse("a class is not closed");
      class_range(inside);
    }
    if (fault_) return;
    rest_.remove_prefix(1);
    if (inside.empty()) return atom(negated ? R"([\x00-\x{10ffff}])" : R"([^\x00-\x{10ffff}])");
    atom((negated ? "[^" : "[") + inside + "]");
  }
  void class_range(std::string& inside) {
    const Atom from = class_atom();
    if (fault_) return;
    if (!from.code_point || !rest_.starts_with('-') || rest_.size() < 2 || rest_[1] == ']') {
      return append(inside, from);
    }
    const std::string_view before_dash = rest_;
    rest_.remove_prefix(1);
    const Atom to = class_atom();
    if (fault_) return;
    append(inside, from);
    if (!to.code_point) {  // [a-\d]: the dash is a character
      rest_ = before_dash.substr(1);
      return append(inside, Atom{'-', {}});
    }
    if (*to.code_point < *from.code_point) return refuse("a range in a class is in the wrong order");
    inside.push_back('-');
    append(inside, to);
  }
  Atom class_atom() {
    if (!rest_.starts_with('\\')) return {next_code_point(), {}};
    if (take("\\b")) return {'\b', {}};
    return escape();
  }
  static void append(std::string& inside, const Atom& atom) {
    if (atom.code_point) {
      append_code_point(inside, *atom.code_point);
    } else {
      inside += atom.set;
    }
  }

  // The source is UTF-8, as the definition was checked.
  std::uint32_t next_code_point() {
    if (rest_.empty()) {
      refuse("it ends too early");
      return 0;
    }
    const auto first = static_cast<unsigned char>(rest_.front());
    const std::size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    std::uint32_t value = length == 1 ? first : first & (0x7Fu >> length);
    if (rest_.size() < length) {
      refuse("it is not UTF-8");
      return 0;
    }
    for (std::size_t i = 1; i < length; ++i) value = value << 6 | (static_cast<unsigned char>(rest_[i]) & 0x3F);
    rest_.remove_prefix(length);
    return value;
  }

  std::string_view rest_;
  std::string out_;
  std::size_t open_ = 0;     // parentheses
  bool repeatable_ = false;  // whether a quantifier may follow
  std::optional<PatternFault> fault_;
};

}  // namespace

std::expected<std::string, PatternFault> to_re2_syntax(std::string_view ecma) { return Translator(ecma).run(); }

}  // namespace propylon::schema::json_schema
