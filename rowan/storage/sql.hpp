#pragma once
// Sql: a statement written in the source. Concatenated SQL does not compile.
#include <string_view>

namespace rowan {

enum class Dialect { sqlite, postgres };

/// Made from literals only. Parameters are named `:like_this`. Never write PostgreSQL's `x::type`: use CAST(x AS type).
class Sql {
 public:
  template <std::size_t N>
  consteval Sql(const char (&both)[N]) : sqlite_(both, N - 1), postgres_(both, N - 1) {}
  template <std::size_t N, std::size_t M>
  consteval Sql(const char (&sqlite)[N], const char (&postgres)[M])
      : sqlite_(sqlite, N - 1), postgres_(postgres, M - 1) {}
  constexpr std::string_view text(Dialect dialect) const { return dialect == Dialect::sqlite ? sqlite_ : postgres_; }

 private:
  std::string_view sqlite_, postgres_;
};

}  // namespace rowan
