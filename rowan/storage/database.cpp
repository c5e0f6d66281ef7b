#include <charconv>
#include <rowan/base/try.hpp>
#include <rowan/storage/database.hpp>
#include <stdexcept>

namespace rowan {

// Rows have a dozen columns at most: comparing is as quick as any table.
const std::optional<std::string>& SqlRow::value(std::string_view name) const {
  const std::optional<std::string>* found = nullptr;
  for (std::size_t i = 0; i < values_.size(); ++i) {
    if ((*names_)[i] != name) continue;
    if (found) throw std::logic_error("two columns of an answer are called " + std::string(name));
    found = &values_[i];
  }
  if (!found) throw std::logic_error("no column of an answer is called " + std::string(name));
  return *found;
}

const std::string& SqlRow::text(std::string_view name) const {
  const auto& found = value(name);
  if (!found) throw std::logic_error("read as text, but null: " + std::string(name));
  return *found;
}

std::int64_t SqlRow::number(const std::optional<std::string>& value) {
  if (!value) return 0;
  if (*value == "t") return 1;  // PostgreSQL's boolean; SQLite says 1
  std::int64_t number = 0;
  const char* const end = value->data() + value->size();
  const auto [stop, problem] = std::from_chars(value->data(), end, number);
  return problem == std::errc() && stop == end ? number : 0;
}

Result<std::optional<SqlRow>> SqlConnection::first(const Sql& statement, SqlParams params) {
  ROWAN_TRY(auto rows, query(statement, params));
  if (rows.empty()) return std::optional<SqlRow>();
  return std::optional(std::move(rows.front()));
}

Result<> SqlConnection::each(const Sql& statement, SqlParams params,
                             const std::function<void(std::span<const std::int64_t>)>& take) {
  ROWAN_TRY(const auto rows, query(statement, params));
  std::vector<std::int64_t> numbers;
  for (const auto& row : rows) {
    numbers.resize(row.size());
    for (std::size_t i = 0; i < row.size(); ++i) numbers[i] = SqlRow::number(row.values_[i]);
    take(numbers);
  }
  return {};
}

Result<bool> SqlConnection::insert_unique(const Sql& statement, SqlParams params) {
  ROWAN_TRY(const auto changed, execute(statement, params));
  return changed > 0;
}

/// Of a Database that has no other: its pool's.
class SharedReader final : public OwnReader {
 public:
  explicit SharedReader(Database& database) : database_(&database) {}

 private:
  Result<> with_reader(const std::function<void(SqlConnection&)>& work) override {
    return database_->with_reader(work);
  }
  Database* database_;
};

std::unique_ptr<OwnReader> Database::own_reader() { return std::make_unique<SharedReader>(*this); }

Result<> Transaction::run_before_commit() {
  // By index: such work may ask for more of it.
  for (std::size_t i = 0; i < before_commit_.size(); ++i) {
    const auto work = std::move(before_commit_[i]);
    ROWAN_CHECK(work(*this));
  }
  before_commit_.clear();
  return {};
}

void Transaction::run_after_commit() {
  for (const auto& work : std::exchange(after_commit_, {})) work();
}

}  // namespace rowan
