#include <rowan/engine/origins.hpp>
#include <rowan/engine/spine.hpp>
#include <stdexcept>

namespace rowan {

namespace {

std::string absolute(const engine::Origins& origins, std::string_view tenant, std::string_view path) {
  if (path.empty()) return {};
  const auto base = origins.of(tenant);
  // It was checked when the tenant came in; a base_url_of that changes its mind is a fault of the program.
  if (!base) throw std::runtime_error(base.error().reason);
  return base->origin + std::string(path);
}

}  // namespace

std::string Spine::home_url(std::string_view tenant) const {
  return absolute(origins, tenant, addresses.get()->home());
}

std::string Spine::page_url(std::string_view tenant, std::string_view subject, Addresses::Page page) const {
  return absolute(origins, tenant, addresses.get()->page(page, subject));
}

std::string Spine::token_url(std::string_view tenant, std::string_view subject, std::string_view page,
                             std::string_view token) const {
  const auto known = addresses.get();
  const auto mounted = known->link_page(page, subject);
  const auto path = mounted.empty() ? known->base() + std::string(page) : std::string(mounted);
  return absolute(origins, tenant, path) + "/" + std::string(token);
}

}  // namespace rowan
