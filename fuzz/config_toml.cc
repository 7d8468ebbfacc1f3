// Configuration files of any bytes: refused or taken, and what is shown afterwards is read back to the same values.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "config/configuration.h"
#include "core/assert.h"

using namespace propylon;

namespace {

struct Fields {
  std::uint64_t number = 1;
  bool flag = false;
  std::string text;
  std::vector<std::string> list;
};

std::vector<config::OptionGroup> groups(Fields& fields) {
  return {{"m",
           "t",
           {describe_number("number", fields.number, 0, 1000, ""), describe_flag("flag", fields.flag, ""),
            describe_text("text", fields.text, ""), describe_list("list", fields.list, "")}}};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Fields fields;
  config::Configuration configuration(groups(fields));
  config::Sources sources{.flags = {},
                          .environment = {},
                          .file_name = "f",
                          .file_text = std::string(reinterpret_cast<const char*>(data), size)};
  if (!configuration.load(sources)) return 0;
  (void)configuration.markdown();
  Fields again;
  config::Configuration other(groups(again));
  sources.file_text = configuration.show();
  PPL_ASSERT(other.load(sources));
  PPL_ASSERT(again.number == fields.number && again.flag == fields.flag && again.text == fields.text &&
             again.list == fields.list);
  return 0;
}
