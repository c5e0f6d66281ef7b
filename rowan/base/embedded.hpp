#pragma once
// A file compiled into the library: pages, mails, migrations, assets, catalogues.
#include <string_view>

namespace rowan {

struct EmbeddedFile {
  std::string_view name{};  // "strategies/password/pages/reset.html"
  std::string_view bytes{};
};

}  // namespace rowan
