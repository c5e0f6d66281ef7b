#include <rowan/testing/app.hpp>
#include <stdexcept>

namespace rowan::testing {

namespace {

constexpr std::string_view origin = "https://rowan.example";

std::string text_in(const Json& object, std::string_view key) {
  const auto value = object.find(key);
  return value ? std::string(value->as_text().value_or(std::string_view())) : std::string();
}

Response home(Conn& conn) {
  const auto user = conn.current_user();
  conn.assign("page_title", "Home");
  conn.assign("text", user ? "Signed in as " + user->email : std::string("No one is signed in"));
  return conn.render("message.html");
}

Response me(Conn& conn, const User& user) { return conn.json({{"user", user}}); }

Response private_page(Conn& conn, const User& user) {
  conn.assign("page_title", "Private");
  conn.assign("text", "For the eyes of " + user.email);
  return conn.render("message.html");
}

}  // namespace

TestApp::TestApp(TestAppOptions options)
    : database_(options.database),
      mailer_(open_mailer("mailbox")),
      hasher_(make_argon2id_hasher({.memory_kib = 8, .passes = 1}, random_)) {
  AuthOptions declared{.base_url = std::string(origin),
                       .database = *database_,
                       .mailer = *mailer_,
                       .secret = Secret::from_text("a secret of tests: 0123456789abcdef"),
                       .strategies = std::move(options.strategies),
                       .add_ons = std::move(options.add_ons),
                       .clock = &clock_,
                       .random = &random_,
                       .hasher = hasher_.get()};
  if (options.adjust) options.adjust(declared);
  auth_ = std::make_unique<Auth>(std::move(declared));
  if (const auto migrated = auth_->migrate(); !migrated)
    throw std::runtime_error("migrations: " + migrated.error().reason);
  mount(options);
}

void TestApp::mount(const TestAppOptions& options) {
  if (options.mount)
    site_.mount(options.mount(routes(*auth_), web_, api_));
  else
    site_.mount(routes(*auth_)
                    .auth_routes(web_)
                    .auth_routes(api_, {.path = "/api/auth"})
                    .sign_in_route()
                    .register_route()
                    .reset_route()
                    .confirm_route()
                    .magic_sign_in_route()
                    .sign_out_route(web_)
                    .account_routes());
  site_.get("/", home);
  site_.get("/me", session_or_bearer(*auth_, me));
  site_.get("/private", signed_in(*auth_, private_page));
}

std::vector<ReceivedMail> TestApp::mailbox(std::string_view to) {
  deliver();
  std::vector<ReceivedMail> mails;
  for (const auto& item : mailer_->mailbox()->list(to).items()) {
    ReceivedMail mail{.to = text_in(item, "to"),
                      .subject = text_in(item, "subject"),
                      .text = text_in(item, "text"),
                      .html = text_in(item, "html"),
                      .links = {},
                      .code = text_in(item, "code")};
    if (const auto links = item.find("links"))
      for (const auto& link : links->items()) mail.links.emplace_back(link.as_text().value_or(std::string_view()));
    mails.push_back(std::move(mail));
  }
  return mails;
}

std::string TestApp::mailed_path(std::string_view to) {
  const auto mails = mailbox(to);
  if (mails.empty() || mails.front().links.empty() || !mails.front().links.front().starts_with(origin))
    throw std::runtime_error("no mail with a link of ours to " + std::string(to));
  return mails.front().links.front().substr(origin.size());
}

Result<std::optional<User>> TestApp::find_user(std::string_view email, const Realm& realm) {
  const auto address = EmailAddress::parse(email);
  if (!address) throw std::invalid_argument(std::string(email) + " is not an email address");
  return auth_->find_user(*address, realm);
}

}  // namespace rowan::testing
