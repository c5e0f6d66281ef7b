// The small application around `rowan serve --dev`.
#include <algorithm>
#include <cli/development.hpp>

namespace rowan::embedded {
extern const EmbeddedFile development_files[];
extern const std::size_t development_files_count;
}  // namespace rowan::embedded

namespace rowan::cli {

namespace {

using namespace std::chrono_literals;

// One click takes a code or an address whole; lines stay as the mail has them.
constexpr std::string_view mailbox_style =
    ".pick { user-select: all; cursor: pointer; overflow-wrap: anywhere; }\n"
    "code.pick { font-size: 1.5rem; }\n"
    ".letter { white-space: pre-wrap; overflow-wrap: anywhere; }\n";

Response home(Conn& conn) {
  if (const auto user = conn.current_user()) {
    conn.assign("account_email", user->email);
    conn.assign("account_id", user->id);
  } else {
    conn.assign("visitor", true);
  }
  return conn.render("dev/home.html");
}

Response me(Conn& conn, const User& user) { return conn.json({{"user", user}}); }

Response private_page(Conn& conn, const User& user) {
  conn.assign("account_email", user.email);
  return conn.render("dev/private.html");
}

Response billing(Conn& conn, const User& user) {
  conn.assign("account_email", user.email);
  return conn.render("dev/billing.html");
}

Response not_here(Conn& conn) {
  return conn.status(403).json({{"error", "the mailbox is shown on this machine only: open it as http://localhost"}});
}

// What is due leaves now: who looks does not wait for the worker's next turn.
const Mailbox& opened(Auth& auth, Mailer& mailer) {
  auth.run_due_work();
  return *mailer.mailbox();
}

// In the page a value is one line: white space inside it becomes blanks.
std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    if (lines.back().ends_with('\r')) lines.back().pop_back();
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

Json shown(const Json& mail) {
  auto fields = mail.fields();
  std::erase_if(fields, [](const auto& field) { return field.first == "html" || field.first == "text"; });
  const auto text = mail.find("text");
  fields.emplace_back("lines", lines_of(text ? text->as_text().value_or("") : ""));
  return Json::object(fields);
}

Response mailbox_page(Conn& conn, Auth& auth, Mailer& mailer) {
  if (!is_from_this_machine(conn)) return not_here(conn);
  std::vector<Json> mails;
  for (const auto& mail : opened(auth, mailer).list().items()) mails.push_back(shown(mail));
  conn.assign("mails", mails);
  return conn.render("dev/mailbox.html");
}

Response mailbox_json(Conn& conn, Auth& auth, Mailer& mailer) {
  if (!is_from_this_machine(conn)) return not_here(conn);
  const auto to = conn.params().find("to");
  return conn.json(opened(auth, mailer).list(to == conn.params().end() ? std::string_view() : to->second));
}

Response clear_mailbox(Conn& conn, Mailer& mailer) {
  if (!is_from_this_machine(conn)) return not_here(conn);
  mailer.mailbox()->clear();
  return {.status = 204};
}

}  // namespace

AddOn development_pages() {
  Strategy parts{.name = "dev"};
  parts.templates.assign(embedded::development_files, embedded::development_files + embedded::development_files_count);
  return {.name = "dev", .parts = {std::move(parts)}};
}

bool is_from_this_machine(const Conn& conn) {
  const auto& request = conn.request();
  if (!conn.client_address().is_loopback() || !request.peer.is_loopback()) return false;
  // Behind a proxy on this machine every visitor comes from loopback.
  if (request.headers.count("X-Forwarded-For") != 0 || request.headers.count("Forwarded") != 0) return false;
  // A page of another site whose name was pointed at 127.0.0.1 sends that name (DNS rebinding).
  auto host = request.headers.single("Host").value_or(std::string_view());
  if (host.starts_with('['))
    host = host.substr(0, host.find(']') + 1);
  else
    host = host.substr(0, host.find(':'));
  return host == "localhost" || host == "127.0.0.1" || host == "[::1]";
}

void add_development_routes(Site& site, Auth& auth, Mailer& mailer) {
  site.get("/", home);
  site.get("/public", non_blocking([](Conn& conn) {
             return conn.json({{"message", "Public page: no sign-in required."}, {"guard", nullptr}, {"status", "ok"}});
           }));
  site.get("/me", session_or_bearer(auth, me));
  site.get("/api/me", bearer(auth, me));
  site.get("/private", signed_in(auth, private_page));
  site.get("/billing", signed_in(auth, {.second_factor = true, .within = 10min}, billing));
  if (mailer.mailbox() == nullptr) return;
  site.get("/dev/mailbox", [&auth, &mailer](Conn& conn) { return mailbox_page(conn, auth, mailer); });
  site.get("/dev/mailbox.css", non_blocking([](Conn&) -> Response {
             return {.content_type = "text/css; charset=utf-8", .shared_body = mailbox_style};
           }));
  site.get("/dev/mailbox.json", [&auth, &mailer](Conn& conn) { return mailbox_json(conn, auth, mailer); });
  site.delete_("/dev/mailbox", [&mailer](Conn& conn) { return clear_mailbox(conn, mailer); });
}

}  // namespace rowan::cli
