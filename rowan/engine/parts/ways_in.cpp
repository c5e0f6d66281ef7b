#include <rowan/base/try.hpp>
#include <rowan/engine/parts/ways_in.hpp>

namespace rowan {

Result<bool> has_other_way_in(SqlConnection& connection, const PhaseContext& context, std::string_view but,
                              const User& user) {
  for (const auto& strategy : context.strategies) {
    if (strategy.name == but || !strategy.signs_in) continue;
    ROWAN_TRY(const bool signs_in, strategy.signs_in(connection, context.services, user));
    if (signs_in) return true;
  }
  return false;
}

}  // namespace rowan
