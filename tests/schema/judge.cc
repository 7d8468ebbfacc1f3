// Judges for the differential test: reads lines [schema, message, message, ...] and answers each with a line of 1 and
// 0, or with "error " and why the schema does not compile.
#include <iostream>
#include <string>

#include "json/document.h"
#include "schema/json_schema/compile.h"

using namespace propylon;

int main() {
  schema::Scratch scratch;
  for (std::string line; std::getline(std::cin, line);) {
    const auto document = json::Document::parse(line).value();
    const auto values = document.root().array("line").value();
    const auto compiled = schema::json_schema::compile_json_schema(values.front().raw());
    if (!compiled) {
      std::cout << "error " << compiled.error().front().pointer << ": " << compiled.error().front().message
                << std::endl;
      continue;
    }
    std::string verdicts;
    for (std::size_t i = 1; i < values.size(); ++i)
      verdicts.push_back((*compiled)->accepts(values[i].raw(), scratch) ? '1' : '0');
    std::cout << verdicts << std::endl;
  }
}
