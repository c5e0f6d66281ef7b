#pragma once
// TestApp: a whole application on a temporary database, for tests.
//   TestApp app({.database = "postgres", .strategies = {rowan::password()}});
//   auto browser = app.browser();
//   browser.get("/register")…
#include <functional>
#include <memory>
#include <rowan/rowan.hpp>
#include <rowan/testing/browser.hpp>
#include <rowan/testing/fake_clock.hpp>
#include <rowan/testing/fake_random.hpp>
#include <rowan/testing/temporary_database.hpp>
#include <string>
#include <vector>

namespace rowan::testing {

struct TestAppOptions {
  std::string database = "sqlite";  // one of TemporaryDatabase::kinds()
  std::vector<Strategy> strategies{password()};
  std::vector<AddOn> add_ons{};
  std::function<void(AuthOptions&)> adjust{};  // changes any other option before the Auth is made
  /// Mounts only what you want instead of everything: `return none.auth_routes(web).sign_in_route({.path = "/in"});`
  std::function<Routes(Routes none, Controller& web, ApiController& api)> mount{};
};

/// A mail in the mailbox.
struct ReceivedMail {
  std::string to{}, subject{}, text{}, html{};
  std::vector<std::string> links{};
  std::string code{};  // the one-time code, if it has one
};

/// Serves at https://rowan.example: every strategy under /auth and /api/auth, the pages, sign-out, the account page,
/// and `GET /` (says who is signed in), `GET /me` (session or bearer, JSON), `GET /private` (a page for signed-in
/// users). Time stands still until you move clock(), nothing runs in the background, and hashes are as cheap as
/// libsodium allows. The constructor throws what TemporaryDatabase, Auth and the migrations throw, so that the test
/// fails at once.
class TestApp {
 public:
  explicit TestApp(TestAppOptions options = {});

  Browser browser() const { return Browser(site_, "https://rowan.example"); }
  Auth& auth() { return *auth_; }
  Site& site() { return site_; }
  Database& database() { return *database_; }
  /// The account with this address. Throws std::invalid_argument when the text is not an address.
  Result<std::optional<User>> find_user(std::string_view email, const Realm& realm = {});
  FakeClock& clock() { return clock_; }
  FakeRandom& random() { return random_; }

  /// Does the background work once: mails are sent, revocations arrive.
  void deliver() { auth_->run_due_work(); }
  /// The received mails, newest first; with an empty `to`, those to every address. Calls deliver() first.
  std::vector<ReceivedMail> mailbox(std::string_view to = {});
  /// The first link of the newest mail to this address, as a path on the site. Throws std::runtime_error when there is
  /// none.
  std::string mailed_path(std::string_view to);

 private:
  void mount(const TestAppOptions& options);
  TemporaryDatabase database_;
  FakeClock clock_{};
  FakeRandom random_{};
  std::unique_ptr<Mailer> mailer_;
  std::unique_ptr<PasswordHasher> hasher_;
  std::unique_ptr<Auth> auth_;
  Controller web_{};
  ApiController api_{};
  Site site_{};
};

}  // namespace rowan::testing
