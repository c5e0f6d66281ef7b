#include <rowan/accounts/accounts.hpp>
#include <rowan/base/base64.hpp>
#include <rowan/base/try.hpp>
#include <rowan/base/utf8.hpp>
#include <rowan/engine/parts/factors.hpp>
#include <rowan/engine/parts/notices.hpp>
#include <rowan/pages/pages.hpp>
#include <rowan/strategies/totp/actions.hpp>
#include <rowan/strategies/totp/qr_code.hpp>
#include <rowan/strategies/totp/queries.hpp>

namespace rowan::strategies::totp {

namespace {

constexpr std::size_t seed_bytes = 20, longest_label = 50;

/// A seed that was shown and waits for its first right code.
struct Waiting {
  std::string id{};
  Secret seed;
  Shape shape{};
  Timestamp created_at{};
};

std::string row_of_setup(AccountId account, std::string_view id) { return "setup|" + row_of(account, id); }

// Those that this browser or program began, for the account that is signed in and its present credentials.
Result<std::vector<Waiting>> waiting_here(const PhaseContext& context) {
  return context.services.database().read([&](SqlConnection& connection) -> Result<std::vector<Waiting>> {
    std::vector<Waiting> all;
    for (const auto& flow : context.inputs.flows()) {
      auto id = tokens::hash_of_flow(flow);
      ROWAN_TRY(const auto row, connection.first(sql::setup, {{"id", id},
                                                              {"account", context.account()},
                                                              {"generation", context.generation()},
                                                              {"now", context.services.clock().now()}}));
      if (!row) continue;
      const auto algorithm = algorithm_of(row->text("algorithm"));
      auto opened =
          context.services.open_at_rest(seed_purpose, row_of_setup(context.account(), id), row->text("secret"));
      if (!algorithm || !opened) continue;
      all.push_back({.id = std::move(id),
                     .seed = std::move(opened->secret),
                     .shape = {.algorithm = *algorithm,
                               .digits = row->integer("digits"),
                               .period = std::chrono::seconds(row->integer("period"))},
                     .created_at = row->time("created_at")});
    }
    return all;
  });
}

// "ABCD EFGH …": what people type.
std::string in_fours(std::string_view text) {
  std::string shown;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i > 0 && i % 4 == 0) shown += ' ';
    shown += text[i];
  }
  return shown;
}

// What a program is answered and a page shows.
std::vector<std::pair<std::string, Json>> shown(const PhaseContext& context, const TotpOptions& options,
                                                const User& owner, std::string_view seed, const Shape& shape) {
  const auto& issuer = options.issuer.empty() ? context.services.app_name() : options.issuer;
  const auto url = otpauth_url(issuer, owner.email.empty() ? owner.id.text() : owner.email, seed, shape);
  std::vector<std::pair<std::string, Json>> fields{
      {"secret", to_base32(seed)},
      {"secret_in_fours", in_fours(to_base32(seed))},
      {"url", url},
      {"algorithm", name_of(shape.algorithm)},
      {"digits", shape.digits},
      {"period", shape.period.count()},
      {"lifetime", context.services.pages().duration(options.setup_lifetime, context.visitor.language)}};
  if (const auto qr = qr_code(url)) fields.emplace_back("qr", Json({{"size", qr->size}, {"path", qr->path}}));
  return fields;
}

// Under the row lock: no credential changed since this was begun, and there is room for one more.
Result<accounts::Account> lock_for_one_more(Transaction& transaction, const PhaseContext& context,
                                            const TotpOptions& options) {
  ROWAN_TRY(auto account, accounts::lock(transaction, context.account()));
  if (!account || !account->usable()) return wrong_credential("the account is gone");
  if (account->generation != context.generation())
    return wrong_credential("the account's credentials changed meanwhile");
  ROWAN_TRY(const auto there, authenticators_of(transaction.connection(), account->user.id));
  if (std::ssize(there) >= options.authenticators) return wrong_field("code", "too_many");
  return *std::move(account);
}

std::string trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(' ');
  if (begin == std::string_view::npos) return {};
  return std::string(text.substr(begin, text.find_last_not_of(' ') - begin + 1));
}

}  // namespace

Result<Presented> set_up(const PhaseContext& context, const TotpOptions& options) {
  const auto& services = context.services;
  ROWAN_TRY(const auto owner, confirm_owner(context, options));
  const auto bytes = services.random().bytes<seed_bytes>();
  const auto seed = Secret::from_bytes(bytes);
  const auto shape = shape_of(options);
  auto flow = to_base64url(services.random().bytes<32>());
  const auto id = tokens::hash_of_flow(flow);
  ROWAN_TRY(const auto user, services.database().transact([&](Transaction& transaction) -> Result<User> {
    ROWAN_TRY(const auto account, lock_for_one_more(transaction, context, options));
    const auto now = services.clock().now();
    if (owner.code) {
      ROWAN_CHECK(use_code(transaction, services, account.user.id, *owner.code));
      ROWAN_CHECK(forgive_guess(transaction, services, owner.code->guess));
    }
    ROWAN_CHECK(transaction.execute(
        sql::insert_setup,
        {{"id", id},
         {"account", account.user.id},
         {"generation", account.generation},
         {"secret", services.seal_at_rest(seed_purpose, row_of_setup(account.user.id, id), seed.expose())},
         {"algorithm", name_of(shape.algorithm)},
         {"digits", shape.digits},
         {"period", shape.period.count()},
         {"now", now},
         {"expires_at", now + options.setup_lifetime}}));
    return account.user;
  }));
  return Presented{.view = "totp/setup.html",
                   .fields = Json::object(shown(context, options, user, seed.expose(), shape)),
                   .flow = std::move(flow)};
}

Result<SignedIn> confirm_setup(const PhaseContext& context, const TotpOptions& options) {
  if (context.account().is_nil()) return wrong_credential("not signed in");
  const auto label = trimmed(context.inputs.text("label"));
  if (count_code_points(label) > longest_label)
    return Error{.code = ErrorCode::invalid_input,
                 .reason = "label: too_long",
                 .fields = {{.field = "label", .code = "too_long", .limit = longest_label}}};
  ROWAN_TRY(const auto waiting, waiting_here(context));
  if (waiting.empty()) return wrong_field("code", "expired");
  const auto code = normalised(context.inputs.text("code"));
  for (const auto& one : waiting) {
    const auto step = step_of(code, one.seed.expose(), context.services.clock().now(), -1, one.shape);
    if (!step) continue;
    const auto seed = std::make_shared<const Secret>(one.seed.copy());
    return SignedIn{
        .method = options.name,
        .apply = [context, options, id = one.id, seed, label, shape = one.shape,
                  step = *step](Transaction& transaction) -> Result<Applied> {
          const auto& services = context.services;
          ROWAN_TRY(const auto account, lock_for_one_more(transaction, context, options));
          ROWAN_TRY(const auto used, transaction.execute(sql::use_setup, {{"id", id},
                                                                          {"account", account.user.id},
                                                                          {"generation", account.generation},
                                                                          {"now", services.clock().now()}}));
          if (used != 1) return wrong_field("code", "expired");
          ROWAN_TRY(const auto added,
                    add(transaction, services,
                        {.account = account.user.id, .label = label, .shape = shape, .step = step}, seed->expose()));
          ROWAN_CHECK(put_undo_notice(transaction, context, "totp/added", account.user,
                                      {.strategy = options.name,
                                       .what = std::string(sentence("An authenticator app was added to your account.")),
                                       .data = {{"added", added}}}));
          // Sign-ins that wait and sessions elsewhere were begun without it.
          return Applied{.account = account.user.id,
                         .generation = account.generation,
                         .factor_added = true,
                         .end_other_sessions = true};
        },
        .second_factor_done = true,
        .renews = !context.pending};
  }
  return wrong_field("code", "wrong");
}

Result<Json> look_at_setup(const PhaseContext& context, const TotpOptions& options) {
  if (context.account().is_nil()) return wrong_credential("not signed in");
  ROWAN_TRY(const auto waiting, waiting_here(context));
  std::vector<std::pair<std::string, Json>> fields;
  if (waiting.empty()) {
    fields = look_at_account(context, options).fields();
  } else {
    // What was begun last, as the one before is out of sight.
    const auto newest = std::ranges::max_element(waiting, {}, &Waiting::created_at);
    ROWAN_TRY(const auto account, context.services.database().read([&](SqlConnection& connection) {
      return accounts::find(connection, context.account());
    }));
    if (!account) return wrong_credential("the account is gone");
    fields = shown(context, options, account->user, newest->seed.expose(), newest->shape);
  }
  return Json::object(fields);
}

}  // namespace rowan::strategies::totp
