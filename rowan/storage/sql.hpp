#pragma once
// Sql: a statement made of literals in the source. SQL that is put together at run time does not compile.
#include <algorithm>
#include <string_view>

namespace rowan {

enum class Dialect { sqlite, postgres };

namespace storage {

consteval std::string_view without_blanks_around(std::string_view text) {
  constexpr std::string_view blanks = " \n";
  text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
  return text.substr(0, text.find_last_not_of(blanks) + 1);
}

}  // namespace storage

/// Made from literals only; blanks around the text are removed. Parameters are named `:like_this`. Write
/// CAST(x AS type), never PostgreSQL's `x::type`.
class Sql {
 public:
  template <std::size_t N>
  consteval Sql(const char (&both)[N]) : Sql(both, both) {}
  template <std::size_t N, std::size_t M>
  consteval Sql(const char (&sqlite)[N], const char (&postgres)[M])
      : sqlite_(storage::without_blanks_around({sqlite, N - 1})),
        postgres_(storage::without_blanks_around({postgres, M - 1})) {}
  constexpr std::string_view text(Dialect dialect) const { return dialect == Dialect::sqlite ? sqlite_ : postgres_; }

 private:
  std::string_view sqlite_, postgres_;
};

namespace storage {

template <std::size_t N>
struct Literal {
  consteval Literal(const char (&text)[N]) { std::copy_n(text, N, characters); }
  char characters[N]{};
  consteval std::string_view trimmed() const { return without_blanks_around({characters, N - 1}); }
};

// Blanks in place of the lock.
template <std::size_t N>
consteval Literal<N> without_row_lock(Literal<N> literal) {
  constexpr std::string_view for_update = "FOR UPDATE", for_change = "FOR NO KEY UPDATE", skip = " SKIP LOCKED";
  const std::string_view text(literal.characters, N - 1);
  const auto begin = std::min(text.find(for_update), text.find(for_change));
  if (begin == std::string_view::npos) throw "this statement locks no row: it is an ordinary Sql";
  auto end = begin + (text.substr(begin).starts_with(for_update) ? for_update.size() : for_change.size());
  if (text.substr(end).starts_with(skip)) end += skip.size();
  std::fill(literal.characters + begin, literal.characters + end, ' ');
  return literal;
}

template <Literal text>
inline constexpr auto without_lock = without_row_lock(text);

// A line each, without the blanks around them.
template <Literal... parts>
consteval auto on_lines_of_their_own() {
  char text[(parts.trimmed().size() + ...) + sizeof...(parts)]{};  // a line's end, and after the last the NUL
  char* end = text;
  const auto put = [&](std::string_view part) {
    if (part.empty()) throw "a part of this statement is empty";
    if (end != text) *end++ = '\n';
    end = std::copy(part.begin(), part.end(), end);
  };
  (put(parts.trimmed()), ...);
  return Literal(text);
}

template <Literal... parts>
inline constexpr auto joined_text = on_lines_of_their_own<parts...>();

}  // namespace storage

/// A statement that locks rows on PostgreSQL. On SQLite its `FOR UPDATE` or `FOR NO KEY UPDATE`, with or without `SKIP
/// LOCKED`, is left out: there is only one writer, and after BEGIN IMMEDIATE it is this transaction.
template <storage::Literal text>
inline constexpr Sql row_locking{storage::without_lock<text>.characters, text.characters};

/// A statement joined from parts that several statements share, such as the columns of a row. Write a part once:
///     inline constexpr storage::Literal columns{"id, name"};
///     inline constexpr Sql by_id = sql_of<"SELECT", columns, "FROM things WHERE id = :id">;
/// A part is a literal, or a constant made from literals. Each part starts a new line.
template <storage::Literal... parts>
inline constexpr Sql sql_of{storage::joined_text<parts...>.characters};

}  // namespace rowan
