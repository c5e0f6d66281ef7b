#include <algorithm>
#include <rowan/engine/parts/room.hpp>
#include <rowan/engine/web/base_url.hpp>
#include <rowan/http/ip_address.hpp>
#include <rowan/strategies/webauthn/options.hpp>
#include <rowan/strategies/webauthn/party.hpp>

namespace rowan {

using namespace std::chrono_literals;

namespace strategies::webauthn {

namespace {

bool is_host(std::string_view text) {
  return !text.empty() && text.size() <= 253 && text.front() != '.' && text.back() != '.' &&
         std::ranges::all_of(
             text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-'; });
}

bool is_origin(const std::string& text) {
  const auto url = engine::BaseUrl::parse(text);
  return url && url->origin == text && (url->https || url->loopback);
}

bool is_below(std::string_view host, std::string_view domain) {
  return host == domain || (host.ends_with(domain) && host[host.size() - domain.size() - 1] == '.');
}

}  // namespace

const std::vector<Option>& options() {
  using O = WebauthnOptions;
  static const std::vector<Option> all{
      option(
          "rp_id",
          "The host that passkeys are for, with those below it; empty: the host of base_url. Changing it makes every "
          "passkey useless.",
          {}, &O::rp_id),
      option("rp_name", "What browsers call this site; empty: the name of the application.", {}, &O::rp_name),
      option("origins",
             "Other sites of yours that use the same passkeys, such as https://notes.de; they are published at "
             "/.well-known/webauthn.",
             {}, &O::origins),
      option("top_origins", "Sites that may show your pages in a frame and use passkeys there.", {}, &O::top_origins),
      choice("registration",
             "Whether people can register with a passkey and no password: at once, only after the address is proven, "
             "or not at all.",
             Choices<O::Registration>{{"off", O::Registration::off},
                                      {"immediate", O::Registration::immediate},
                                      {"confirm_first", O::Registration::confirm_first}},
             &O::registration),
      option("sign_in", "Whether a passkey signs in by itself.", {}, &O::sign_in),
      option("second_factor", "Whether a passkey is asked for after another way to sign in.", {}, &O::second_factor),
      choice("user_verification",
             "Whether a passkey that is shown alone has to recognise its user by PIN, fingerprint or face.",
             Choices<O::UserVerification>{{"required", O::UserVerification::required},
                                          {"preferred", O::UserVerification::preferred},
                                          {"discouraged", O::UserVerification::discouraged}},
             &O::user_verification),
      choice("attestation", "Whether browsers are asked which model an authenticator is.",
             Choices<O::Attestation>{{"none", O::Attestation::none},
                                     {"indirect", O::Attestation::indirect},
                                     {"direct", O::Attestation::direct}},
             &O::attestation),
      choice("authenticator_attachment", "Which authenticators can be added.",
             Choices<O::Attachment>{{"any", O::Attachment::any},
                                    {"platform", O::Attachment::platform},
                                    {"cross_platform", O::Attachment::cross_platform}},
             &O::authenticator_attachment),
      choice("resident_key", "Whether a new passkey has to be discoverable. One that is not cannot sign in by itself.",
             Choices<O::ResidentKey>{{"required", O::ResidentKey::required},
                                     {"preferred", O::ResidentKey::preferred},
                                     {"discouraged", O::ResidentKey::discouraged}},
             &O::resident_key),
      choice("sign_count", "What happens when a passkey's counter does not rise, as a copied one's does not.",
             Choices<O::SignCount>{{"refuse", O::SignCount::refuse}, {"log", O::SignCount::log}}, &O::sign_count),
      option("timeout", "How long people have to answer a challenge.", between(30s, 10min, "WA-01"), &O::timeout),
      option("recent", "How old a sign-in may be that counts as a fresh one when a passkey is added or removed.",
             between(1s, std::chrono::days(1)), &O::recent),
      option("credentials", "How many passkeys an account can have.", between(1, 100), &O::credentials),
      option("challenges_per_client",
             "Challenges that one client gets in five minutes. The sign-in page asks for one whenever it is opened.",
             between(1, 100000), &O::challenges_per_client),
      option("attempts_per_client", "Passkeys that one client can try in five minutes.", between(1, 10000),
             &O::attempts_per_client),
  };
  return all;
}

std::vector<std::string> problems_of(const WebauthnOptions& options, const SubjectView& subject) {
  std::vector<std::string> problems;
  const auto host = host_of(subject.base_url);
  const auto base = engine::BaseUrl::parse(subject.base_url);
  const auto& rp_id = options.rp_id;
  if (!rp_id.empty() && !is_host(rp_id))
    problems.push_back("rp_id: \"" + rp_id +
                       "\" is not a host (expected notes.example, without scheme, port and path)");
  else if (!rp_id.empty() && !host.empty() && !is_below(host, rp_id) && options.origins.empty())
    problems.push_back("rp_id: browsers refuse \"" + rp_id + "\" on the pages of " + host +
                       "; use that host or a domain above it");
  if (base && !base->loopback && rp_id.empty() && http::IpAddress::parse(host))
    problems.push_back("rp_id: passkeys need a host name, and base_url has an IP address; give base_url a name");
  for (const auto& origin : options.origins)
    if (!is_origin(origin))
      problems.push_back("origins: \"" + origin + "\" is not an origin (expected https://notes.de, without a path)");
  for (const auto& origin : options.top_origins)
    if (!is_origin(origin))
      problems.push_back("top_origins: \"" + origin +
                         "\" is not an origin (expected https://notes.de, without a path)");
  // The number that browsers support at least (WebAuthn Level 3 section 5.11.1).
  if (options.origins.size() > 5) problems.push_back("origins: at most 5; browsers look at no more");
  if (options.registration == WebauthnOptions::Registration::confirm_first && !subject.has("confirmation"))
    problems.push_back("registration: confirm_first needs the add-on confirmation; use immediate, or declare it");
  if (options.registration != WebauthnOptions::Registration::off && !options.sign_in)
    problems.push_back(
        "registration: an account with a passkey alone could not sign in; set it to off, or sign_in to true");
  if (options.registration != WebauthnOptions::Registration::off &&
      options.resident_key != WebauthnOptions::ResidentKey::required)
    problems.push_back(
        "registration: a passkey that is not discoverable cannot sign in; set resident_key to required, or "
        "registration to off");
  return problems;
}

}  // namespace strategies::webauthn

namespace rooms {

Room webauthn() {
  return {.name = "webauthn",
          .sentence = "Passkeys: sign-in without a password, and a second factor.",
          .defaults = WebauthnOptions{},
          .options = strategies::webauthn::options(),
          .declare = declares(rowan::webauthn)};
}

}  // namespace rooms

}  // namespace rowan
