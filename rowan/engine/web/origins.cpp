#include <rowan/engine/web/origins.hpp>

namespace rowan::engine {

Result<BaseUrl> Origins::of(const TenantName& tenant) const {
  if (!of_) return own_;
  auto url = BaseUrl::parse(of_(tenant));
  // Routes are mounted below one path, and the names of the cookies depend on the scheme.
  if (!url || url->path != own_.path || url->https != own_.https)
    return Error{.code = ErrorCode::internal,
                 .reason = "base_url_of: no address of this application for tenant \"" + std::string(tenant.view()) +
                           "\"; it must have the scheme and the path of base_url"};
  return *std::move(url);
}

}  // namespace rowan::engine
