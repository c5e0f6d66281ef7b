#include <algorithm>
#include <rowan/add_ons/audit_log/entry.hpp>

namespace rowan::add_ons::audit_log {

namespace {

constexpr Purpose of_identity("audit log: identity"), of_address("audit log: address"), of_guess("audit log: guess");
constexpr std::size_t hash_size = 22;  // characters: 132 bits
constexpr std::size_t most_of_a_text = 256;

std::string hash_of(const Services& services, Purpose purpose, std::string_view text) {
  return services.keyed_hashes(purpose, text).front().substr(0, hash_size);
}

// A character is kept whole or not at all.
std::string shortened(std::string_view text) {
  if (text.size() <= most_of_a_text) return std::string(text);
  auto end = most_of_a_text;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return std::string(text.substr(0, end));
}

using Data = std::vector<std::pair<std::string, Json>>;

Data fields_of_event(const AuthEvent& event, const AuditLogOptions& options) {
  Data fields;
  for (const auto& name : options.include_fields)
    if (const auto sent = event.fields.find(name); sent != event.fields.end())
      fields.emplace_back(name, shortened(sent->second));
  return fields;
}

std::string data_of(const AuthEvent& event, const AuditLogOptions& options) {
  Data data;
  if (!event.methods.empty()) data.emplace_back("methods", event.methods);
  if (event.registered) data.emplace_back("registered", true);
  if (event.new_device) data.emplace_back("new_device", true);
  if (event.taken_over) data.emplace_back("taken_over", true);
  if (!event.reason.empty()) data.emplace_back("reason", shortened(event.reason));
  const auto without_fields = data;
  if (auto fields = fields_of_event(event, options); !fields.empty()) data.emplace_back("fields", Json::object(fields));
  auto text = Json::object(data).text();
  if (text.size() <= max_data_bytes) return text;
  text = Json::object(without_fields).text();
  return text.size() <= max_data_bytes ? text : R"({"too_large":true})";
}

}  // namespace

std::string kept_address(const Services& services, const http::IpAddress& address, const AuditLogOptions& options) {
  using enum AuditLogOptions::IpPrivacy;
  if (address == http::IpAddress()) return {};
  switch (options.ip_privacy_mode) {
    case none: return address.text();
    case hash: return "#" + hash_of(services, of_address, address.text());
    case truncate:
      return address.network(
          static_cast<unsigned>(address.is_v4() ? options.ipv4_truncation_mask : options.ipv6_truncation_mask));
    case exclude: break;
  }
  return {};
}

std::vector<std::string> hashes_of_guess(const Services& services, std::string_view counted_as) {
  auto hashes = services.keyed_hashes(of_guess, counted_as);
  for (auto& hash : hashes) hash.resize(hash_size);
  return hashes;
}

Entry entry_of(const Services& services, const AuthEvent& event, const AuditLogOptions& options) {
  using enum AuthEvent::Kind;
  // Under the account's lock it is known whose it is.
  const bool is_settled = event.kind != done && event.kind != failed;
  Entry entry{.id = {},
              .at = services.clock().now(),
              .realm = event.realm,
              .account = event.account,
              .event = name_of_event(event.kind),
              .strategy = event.strategy,
              .phase = event.phase,
              .code = event.code ? std::string(public_name(*event.code)) : std::string(),
              .key = event.identity,
              .identity = is_settled || event.identity.empty() ? std::string()
                                                               : hash_of(services, of_identity, event.identity.text()),
              .address = kept_address(services, event.from, options),
              .user_agent = event.user_agent,
              .data = data_of(event, options),
              .is_settled = is_settled};
  const bool is_wrong_guess = event.kind == failed && !event.guess.empty();
  if (options.brute_force_guard && is_wrong_guess) entry.guess = hashes_of_guess(services, event.guess).front();
  return entry;
}

}  // namespace rowan::add_ons::audit_log
