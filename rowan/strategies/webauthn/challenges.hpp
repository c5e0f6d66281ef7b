#pragma once
// Not installed. Challenges: 32 random bytes for one ceremony of one browser, program or sign-in that waits. Rows, each
// used once (WA-01).
#include <rowan/engine/phase_context.hpp>
#include <rowan/storage/sweep.hpp>
#include <rowan/strategies/webauthn/client_data.hpp>
#include <rowan/strategies/webauthn/webauthn.hpp>

namespace rowan::strategies::webauthn {

enum class Ceremony : std::uint8_t { register_, sign_in, verify, add };

struct Challenge {
  std::string id{};
  std::string text{};  // base64url, as it is sent
  AccountId account{};
  std::int64_t generation = 0;  // of the account, when the challenge was made
  Json data = Json({});         // what waits for the answer: an address, a label
  std::vector<std::byte> bytes() const;
};

/// What a request is bound to: its own flow, or the sign-in that waits for its second factor.
struct Binding {
  std::string flow{};   // to be answered (Presented::flow)
  std::string bound{};  // as it is stored
};
Binding new_binding(const PhaseContext& context);

struct NewChallenge {
  Ceremony ceremony{};
  AccountId account{};
  std::int64_t generation = 0;
  Json data = Json({});
};
/// Stores it and returns its text.
Result<std::string> put_challenge(Transaction& transaction, const PhaseContext& context, const WebauthnOptions& options,
                                  const Binding& binding, const NewChallenge& made);

/// Of those that wait here for this ceremony, this account and its present credentials: the one that the client data
/// names, else the newest, which the ceremony then refuses. Nullopt: none waits, or what waited has expired.
Result<std::optional<Challenge>> find_challenge(const PhaseContext& context, Ceremony ceremony, AccountId account,
                                                std::int64_t generation, Bytes client_data);

/// True for at most one caller ever, and for none after its time.
Result<bool> use_challenge(Transaction& transaction, const Services& services, const Challenge& challenge);
/// After a wrong answer: there is no second one.
void spend_challenge(const Services& services, const Challenge& challenge);

Result<> sweep_challenges(Sweep& sweep);

}  // namespace rowan::strategies::webauthn
