#include <rowan/engine/origins.hpp>
#include <rowan/engine/spine.hpp>
#include <stdexcept>

namespace rowan {

std::string Spine::url(std::string_view tenant, std::string_view path) const {
  const auto base = origins.of(tenant);
  // It was checked when the tenant came in; a base_url_of that changes its mind is a fault of the program.
  if (!base) throw std::runtime_error(base.error().reason);
  return base->text + std::string(path);
}

std::string Spine::token_url(std::string_view tenant, std::string_view page, std::string_view token) const {
  const auto mounted = token_paths.find(page);
  return url(tenant, mounted == token_paths.end() ? page : std::string_view(mounted->second)) + "/" +
         std::string(token);
}

}  // namespace rowan
