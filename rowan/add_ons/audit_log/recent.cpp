#include <algorithm>
#include <array>
#include <rowan/add_ons/audit_log/queries.hpp>
#include <rowan/add_ons/audit_log/read.hpp>
#include <rowan/add_ons/audit_log/recent.hpp>
#include <rowan/base/try.hpp>
#include <rowan/engine/parts/browser_name.hpp>
#include <rowan/pages/pages.hpp>
#include <rowan/pages/words.hpp>

namespace rowan::add_ons::audit_log {

namespace {

// So many rows are looked at; a stranger's failures beyond them hide what is older.
constexpr std::int64_t most_rows_shown = 300;

struct Act {
  std::string_view strategy, phase, sentence;
};
constexpr std::array acts{
    Act{"administration", "create_user", sentence("Account created by an administrator")},
    Act{"administration", "confirm", sentence("Email address confirmed by an administrator")},
    Act{"administration", "set_password", sentence("Password set by an administrator")},
    Act{"administration", "import_hash", sentence("Password imported by an administrator")},
    Act{"administration", "reset_factors", sentence("Second steps removed by an administrator")},
    Act{"administration", "disable", sentence("Account disabled by an administrator")},
    Act{"administration", "enable", sentence("Account enabled again by an administrator")},
    Act{"administration", "revoke_all", sentence("Signed out everywhere by an administrator")},
    Act{"administration", "revoke_token", sentence("One session ended by an administrator")},
    Act{"administration", "revoke_some", sentence("Some sessions ended by an administrator")},
    Act{"administration", "issue_sign_in_token", sentence("Sign-in token issued by an administrator")},
    Act{"account", "end_everything", sentence("Signed out everywhere")},
};
constexpr std::string_view account_created = sentence("Account created"), signed_in = sentence("Signed in"),
                           half_signed_in = sentence("Sign-in started, second step missing"),
                           signed_out = sentence("Signed out"), not_signed_in = sentence("Failed sign-in"),
                           not_confirmed = sentence("Sign-in refused: email address not confirmed"),
                           wrong_secret = sentence("Wrong password or code entered"),
                           shown_again = sentence("Confirmed that it's you");

const Phase* phase_of(const PhaseContext& context, const AuditRecord& record) {
  for (const auto& strategy : context.strategies)
    if (strategy.name == record.strategy)
      for (const auto& phase : strategy.phases)
        if (phase.name == record.phase) return &phase;
  return nullptr;
}

std::string_view sentence_of_act(const AuditRecord& record) {
  const auto act = std::ranges::find_if(
      acts, [&](const Act& one) { return one.strategy == record.strategy && one.phase == record.phase; });
  return act == acts.end() ? std::string_view() : act->sentence;
}

std::string_view sentence_of_failure(const Phase* phase, const AuditRecord& record) {
  if (record.code == public_name(ErrorCode::confirmation_required)) return not_confirmed;
  if (record.code != public_name(ErrorCode::authentication_failed)) return {};
  return phase != nullptr && phase->who == Who::session ? wrong_secret : not_signed_in;
}

// Empty: it is nothing that its owner wants to read.
std::string_view sentence_of(const PhaseContext& context, const AuditRecord& record) {
  const auto* const phase = phase_of(context, record);
  if (record.event == "failed") return sentence_of_failure(phase, record);
  if (record.event == "administered") return sentence_of_act(record);
  if (record.event == "signed_out") return signed_out;
  if (record.event == "pending") return half_signed_in;
  if (record.event == "registered") {
    const auto by_others = sentence_of_act(record);
    return by_others.empty() ? account_created : by_others;
  }
  if (phase != nullptr && !phase->happened.empty()) return phase->happened;
  if (record.event != "signed_in") return {};
  return phase != nullptr && phase->who != Who::anybody ? shown_again : signed_in;
}

struct Line {
  std::string_view what{};
  std::string browser{}, address{};
  std::string event{}, activity{};
  Timestamp at{};
  bool is_new = false;
  std::int64_t times = 1;
};

Line line_of(const AuditRecord& record, std::string_view what) {
  const auto is_new = record.data.find("new_device");
  return {.what = what,
          .browser = browser_name(record.user_agent),
          .address = record.address.starts_with('#') ? std::string() : record.address,
          .event = record.event,
          .activity = record.strategy + "/" + record.phase,
          .at = record.at,
          .is_new = is_new && is_new->as_boolean().value_or(false)};
}

bool is_alike(const Line& a, const Line& b) {
  return a.what == b.what && a.browser == b.browser && a.address == b.address && !a.is_new && !b.is_new;
}

// A sign-in that was finished began once.
bool is_its_beginning(const Line& older, const Line& newer) {
  return older.event == "pending" && newer.event == "signed_in" && older.activity == newer.activity &&
         older.browser == newer.browser && older.address == newer.address;
}

Result<std::vector<Line>> lines_of(const PhaseContext& context, std::size_t most) {
  const auto account = context.account();
  ROWAN_TRY(const auto rows,
            context.services.database().read([&](SqlConnection& connection) -> Result<std::vector<SqlRow>> {
              ROWAN_TRY(const auto hidden, connection.first(sql::shown_after, {{"account", account}}));
              return connection.query(sql::newest_of_account,
                                      {{"account", account},
                                       {"after", hidden ? hidden->text("shown_after") : std::string()},
                                       {"before", "z"},
                                       {"most", most_rows_shown}});
            }));
  std::vector<Line> lines;
  for (const auto& row : rows) {
    const auto record = record_from(row);
    const auto what = sentence_of(context, record);
    if (what.empty()) continue;
    auto line = line_of(record, what);
    if (!lines.empty() && is_its_beginning(line, lines.back())) continue;
    if (!lines.empty() && is_alike(line, lines.back())) {
      ++lines.back().times;
      continue;
    }
    if (lines.size() >= most) break;
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace

Json recent_activity(const PhaseContext& context, int most) {
  if (!context.claims) return Json({});
  const auto lines = lines_of(context, static_cast<std::size_t>(most));
  if (!lines) return Json({});
  const auto& pages = context.services.pages();
  const auto& language = context.visitor.language;
  std::vector<Json> events;
  for (const auto& line : *lines)
    events.push_back({{"what", pages.text(line.what, language)},
                      {"when", pages.moment(line.at, language)},
                      {"browser", line.browser},
                      {"address", line.address},
                      {"is_new", line.is_new},
                      {"times", line.times > 1 ? std::to_string(line.times) : std::string()}});
  return {{"events", events}};
}

}  // namespace rowan::add_ons::audit_log
