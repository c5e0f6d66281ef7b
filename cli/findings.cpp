#include <algorithm>
#include <cli/commands.hpp>
#include <cli/findings.hpp>

namespace rowan::cli {

int print_findings(const std::vector<Finding>& findings, bool json) {
  const bool all_well = std::ranges::all_of(findings, &Finding::is_well);
  if (json) {
    std::vector<Json> list;
    for (const auto& finding : findings)
      list.push_back({{"about", finding.about}, {"says", finding.says}, {"ok", finding.is_well}});
    print_line({{"ok", all_well}, {"findings", list}});
  } else {
    for (const auto& finding : findings)
      print((finding.is_well ? "  ok    " : "  look  ") + finding.about + ": " + finding.says + "\n");
    print(all_well ? "Nothing is wrong.\n" : "Something needs your attention.\n");
  }
  return all_well ? 0 : 1;
}

}  // namespace rowan::cli
