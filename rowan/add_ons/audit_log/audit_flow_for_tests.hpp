#pragma once
// What the tests of the room have in common: an application with the log switched on, and its rows.
#include <rowan/testing/number_in.hpp>

#include <tests/flows/mail_flow.hpp>

namespace rowan::flows {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

inline testing::TestAppOptions with_log(std::string database, AuditLogOptions options = {}) {
  auto declared = with_mail_rooms(std::move(database));
  declared.add_ons.push_back(rowan::account());
  declared.add_ons.push_back(rowan::audit_log(std::move(options)));
  return declared;
}

/// All rows, the oldest first.
inline std::vector<AuditRecord> rows_of(testing::TestApp& app, AuditFilter filter = {}) {
  std::vector<AuditRecord> all;
  do {
    const auto page = read_audit_log(app.auth().services(), filter);
    EXPECT_TRUE(page) << (page ? "" : page.error().reason);
    if (!page) break;
    all.insert(all.end(), page->records.begin(), page->records.end());
    filter.after = page->next;
  } while (!filter.after.empty());
  return all;
}

inline std::string told(const AuditRecord& row) {
  return row.event + " " + row.strategy + "/" + row.phase + " " + row.status +
         (row.code.empty() ? std::string() : " " + row.code);
}
inline std::vector<std::string> told(const std::vector<AuditRecord>& rows) {
  std::vector<std::string> all;
  all.reserve(rows.size());
  for (const auto& row : rows) all.push_back(told(row));
  return all;
}

class AuditLog : public ::testing::TestWithParam<std::string> {
 protected:
  explicit AuditLog(AuditLogOptions options = {}) : app{with_log(GetParam(), std::move(options))} {}

  std::vector<AuditRecord> rows(AuditFilter filter = {}) { return rows_of(app, std::move(filter)); }
  /// Those that are written by this.
  std::vector<AuditRecord> rows_by(const std::function<void()>& act) {
    const auto before = rows().size();
    act();
    auto all = rows();
    all.erase(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(before));
    return all;
  }
  AccountId id_of(std::string_view email = ann) { return (*app.find_user(email))->id; }
  Browser& guess_in(Browser& browser, std::string_view email = ann) {
    return browser.json("POST", "/api/auth/user/password/sign_in", credentials(email, other_password));
  }
  Browser& sign_in_program(Browser& browser, std::string_view email = ann) {
    return browser.json("POST", "/api/auth/user/password/sign_in", credentials(email));
  }
  std::int64_t number(const Sql& statement, SqlParams params = {}) {
    return testing::number_in(app.database(), statement, params);
  }
  void run(const Sql& statement, SqlParams params = {}) {
    const auto done =
        app.database().transact([&](Transaction& transaction) { return transaction.execute(statement, params); });
    ASSERT_TRUE(done) << done.error().reason;
  }

  testing::TestApp app;
  Browser owner = app.browser(), stranger = app.browser();
};

}  // namespace rowan::flows
