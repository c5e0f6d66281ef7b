#include <algorithm>
#include <rowan/base/base64.hpp>
#include <rowan/base/try.hpp>
#include <rowan/crypto/at_rest.hpp>
#include <rowan/crypto/hash.hpp>
#include <rowan/tokens/end_account.hpp>
#include <rowan/tokens/queries.hpp>
#include <rowan/tokens/signing_keys.hpp>

namespace rowan::tokens {

namespace {

using crypto::jose::Algorithm;

constexpr std::string_view at_rest_purpose = "signing key";
constexpr std::size_t name_bytes = 6, kid_bytes = 2 * name_bytes;
constexpr std::chrono::seconds between_refreshes{30}, between_looks{1};
// Nobody but us can make kids up, so there are few; before the first read anybody's are there for a moment.
constexpr std::size_t most_gone = 64;
constexpr std::chrono::minutes fresh_for{10};
// While secrets are changed, a node that has the newer one must not take a key from nodes that do not have it yet.
constexpr std::chrono::hours before_sealing_again{1};
// The last token that a key signed has expired by then, on a node whose clock is behind, too.
constexpr std::chrono::seconds after_the_last_signature = longest_lifetime + std::chrono::days(1);

// The private key, with 32 bytes in front from which the jti of its tokens are encrypted: both live as long as the key,
// not as the master secret that sealed them.
constexpr std::size_t block_key_letters = 43;

std::string bound_to(std::string_view kid, Algorithm algorithm) {
  return std::string(kid) + " " + std::string(name_of(algorithm));
}

std::shared_ptr<const KnownKey::Parts> parts_of(const crypto::OpenedAtRest& opened, const KnownKey& key) {
  const auto text = opened.secret.expose();
  crypto::Key256 block_key;
  if (text.size() <= block_key_letters || from_base64url(text.substr(0, block_key_letters), block_key.writable()) != 32)
    return nullptr;
  auto signer = crypto::jose::SigningKey::from_pem(Secret::from_text(text.substr(block_key_letters)));
  if (!signer || !signer->suits(key.algorithm)) return nullptr;
  // From the private key, not from the column, which anyone who writes to the database could change.
  auto verifier = crypto::jose::Jwk::parse(signer->public_jwk(key.kid, key.algorithm));
  if (!verifier) return nullptr;
  return std::make_shared<const KnownKey::Parts>(*std::move(verifier), *std::move(signer), crypto::BlockKey(block_key));
}

bool uses_public_keys(const SigningKeyRules& rules) {
  for (auto i = static_cast<int>(Algorithm::rs256); i <= static_cast<int>(Algorithm::eddsa); ++i)
    if (rules.accepted.allows(static_cast<Algorithm>(i))) return true;
  return false;
}

}  // namespace

std::string token_header(Algorithm algorithm, std::string_view type, std::string_view kid) {
  std::string header = "{\"alg\":\"";
  header += name_of(algorithm);
  header += "\",\"typ\":\"";
  header += type;
  header += "\",\"kid\":\"";
  header += kid;
  header += "\"}";
  return to_base64url(as_bytes(header)) + ".";
}

std::shared_ptr<const KnownKey> KnownKeys::with_header(std::string_view token) const {
  for (const auto& key : all)
    if (key->parts && token.starts_with(key->header)) return key;
  return nullptr;
}

SigningKeys::SigningKeys(SigningKeyRules rules, const crypto::KeyRing& keys, Database& database, Numbers& numbers,
                         Revocation& revocation, const Clock& clock, Random& random, Logger& logger)
    : rules_(rules),
      is_used_(uses_public_keys(rules)),
      keys_(&keys),
      database_(&database),
      numbers_(&numbers),
      revocation_(&revocation),
      clock_(&clock),
      random_(&random),
      logger_(&logger),
      known_(std::make_shared<const KnownKeys>()) {
  for (std::size_t i = 0; i < keys.size(); ++i) macs_.emplace_back(keys.derive(i, "signing key id").bytes());
}

SigningKeys::~SigningKeys() = default;

std::string SigningKeys::make_kid() {
  const auto name = random_->bytes<name_bytes>();
  const auto tag = macs_.front()(name);
  std::array<std::byte, kid_bytes> kid;
  std::ranges::copy(std::span(tag).first(name_bytes), std::ranges::copy(name, kid.begin()).out);
  return to_base64url(kid);
}

bool SigningKeys::is_ours(std::string_view kid) const {
  std::array<std::byte, kid_bytes> bytes;
  if (kid.size() != kid_bytes / 3 * 4 || from_base64url(kid, bytes) != kid_bytes) return false;
  const auto all = std::span<const std::byte>(bytes);
  return std::ranges::any_of(macs_, [&](const crypto::HmacSha256& mac) {
    const auto tag = mac(all.first(name_bytes));
    return crypto::equal_in_constant_time(std::span(tag).first(name_bytes), all.last(name_bytes));
  });
}

SigningKeys::Known SigningKeys::known() const {
  const std::lock_guard lock(mutex_);
  return known_;
}

bool SigningKeys::is_fresh() const {
  const auto read_at = read_at_.load(std::memory_order_acquire);
  return read_at >= 0 && clock_->elapsed() - std::chrono::nanoseconds(read_at) < fresh_for;
}

bool SigningKeys::is_dead(std::int64_t number) const { return revocation_->is_dead(number); }

std::shared_ptr<const KnownKey> SigningKeys::read_row(const SqlRow& row, const Known& before) const {
  const auto algorithm = crypto::jose::algorithm_named(row.text("algorithm"));
  if (!algorithm || is_symmetric(*algorithm) || !rules_.accepted.allows(*algorithm)) return nullptr;
  auto key = std::make_shared<KnownKey>();
  key->kid = row.text("kid");
  key->algorithm = *algorithm;
  key->turn = row.integer("turn");
  key->number = row.integer("number");
  key->created_at = row.time("created_at");
  key->active_from = row.time("active_from");
  key->retires_at = row.maybe_time("retires_at");
  key->sealed = row.text("sealed");
  key->header = token_header(key->algorithm, "JWT", key->kid);
  for (const auto& old : before->all)
    if (old->kid == key->kid && old->algorithm == key->algorithm) {
      // The private key of a kid never changes: what a node with a newer secret seals again stays known here.
      key->parts = old->parts;
      key->public_jwk = old->public_jwk;
      if (old->sealed == key->sealed) {
        key->outdated = old->outdated;
        return key;
      }
    }
  if (const auto opened =
          crypto::open_at_rest(*keys_, at_rest_purpose, bound_to(key->kid, key->algorithm), key->sealed)) {
    if (!key->parts) key->parts = parts_of(*opened, *key);
    key->outdated = opened->outdated;
  }
  if (key->parts)
    key->public_jwk = key->parts->signer.public_jwk(key->kid, key->algorithm);
  else
    logger_->error("signing_key_lost", {{"kid", key->kid}, {"means", "it does not open with the secrets given here"}});
  return key;
}

Result<SigningKeys::Known> SigningKeys::read() {
  const auto before = known();
  const auto now = clock_->now();
  auto read = std::make_shared<KnownKeys>();
  ROWAN_TRY(const auto rows, database_->read([&](SqlConnection& connection) -> Result<std::vector<SqlRow>> {
    // The count first: who makes the turn behind it, not knowing of a key that came meanwhile, makes none.
    ROWAN_TRY(const auto last, connection.first(sql::last_turn, {{"algorithm", name_of(rules_.algorithm)}}));
    read->last_turn = last ? last->integer("turn") : 0;
    return connection.query(sql::signing_keys);
  }));
  std::vector<Json> published;
  for (const auto& row : rows) {
    if (const auto retires_at = row.maybe_time("retires_at");
        (retires_at && *retires_at <= now) || is_dead(row.integer("number"))) {
      read->retired.push_back(row.text("kid"));
      continue;
    }
    auto key = read_row(row, before);
    if (!key) continue;
    if (key->parts) published.push_back(key->public_jwk);
    read->all.push_back(std::move(key));
  }
  read->jwks = Json{{"keys", published}}.text();
  const auto hash = crypto::sha256(as_bytes(read->jwks));
  read->etag = "\"" + to_base64url(std::span(hash).first(12)) + "\"";
  return Known(std::move(read));
}

std::shared_ptr<const KnownKey> SigningKeys::key_to_sign(const KnownKeys& known, Timestamp now) const {
  std::shared_ptr<const KnownKey> active, next;
  for (const auto& key : known.all) {
    // What it signs now may live until then; one that another took over from signs no more, also when that one is gone.
    const bool ends_too_soon =
        key->retires_at && *key->retires_at <= now + after_the_last_signature - std::chrono::days(1);
    if (key->algorithm != rules_.algorithm || !key->parts || ends_too_soon || is_dead(key->number)) continue;
    auto& better = key->active_from <= now ? active : next;
    if (!better ||
        (key->active_from <= now ? key->active_from > better->active_from : key->active_from < better->active_from))
      better = key;
  }
  // A clock that is behind knows keys of the future only: any of them is published already.
  return active ? active : next;
}

bool SigningKeys::is_due(const KnownKeys& known, Timestamp now) const {
  if (is_symmetric(rules_.algorithm)) return false;
  const auto current = key_to_sign(known, now);
  if (!current) return true;
  if (rules_.rotate_every <= std::chrono::seconds(0) ||
      now < current->active_from + rules_.rotate_every - rules_.publish_before)
    return false;
  // One that waits for its time is enough, unless a clock that ran ahead made it.
  return std::ranges::none_of(known.all, [&](const auto& key) {
    return key->algorithm == rules_.algorithm && key->parts && key->active_from > now &&
           key->active_from <= now + 2 * rules_.publish_before;
  });
}

Result<std::string> SigningKeys::make_next(const KnownKeys& known, Timestamp active_from) {
  std::size_t count = 0;
  for (const auto& key : known.all)
    if (key->algorithm == rules_.algorithm) ++count;
  if (count >= most_signing_keys)
    return Error{.code = ErrorCode::unavailable,
                 .reason = "there are " + std::to_string(count) + " signing keys that are not retired; retire some"};
  ROWAN_TRY(const auto made, crypto::jose::SigningKey::generate(rules_.algorithm, rules_.rsa_bits));
  ROWAN_TRY(const auto pem, made.to_pem());
  const auto kid = make_kid();
  auto secret = to_base64url(random_->bytes<32>());
  secret.reserve(secret.size() + pem.expose().size());  // and no copy of it stays behind
  secret += pem.expose();
  const auto sealed = crypto::seal_at_rest(*keys_, *random_, at_rest_purpose, bound_to(kid, rules_.algorithm), secret);
  ::explicit_bzero(secret.data(), secret.size());
  ROWAN_TRY(auto number, NumberLease::take(*numbers_));
  const auto done = database_->transact([&](Transaction& transaction) -> Result<bool> {
    ROWAN_TRY(const bool is_first,
              transaction.insert_unique(sql::insert_signing_key,
                                        {{"kid", kid},
                                         {"algorithm", name_of(rules_.algorithm)},
                                         {"turn", known.last_turn + 1},
                                         {"number", number.number()},
                                         {"public_key", made.public_jwk(kid, rules_.algorithm).text()},
                                         {"sealed", sealed},
                                         {"now", clock_->now()},
                                         {"active_from", active_from}}));
    if (!is_first) return false;  // another node was quicker: its key is as good
    ROWAN_CHECK(
        transaction.execute(sql::supersede_signing_keys, {{"algorithm", name_of(rules_.algorithm)},
                                                          {"active_from", active_from},
                                                          {"kid", kid},
                                                          {"retires_at", active_from + after_the_last_signature}}));
    return true;
  });
  number.settle(done, done.value_or(false));
  if (!done) return done.error();
  if (!*done) return std::string();
  logger_->info("signing_key_made",
                {{"kid", kid}, {"algorithm", name_of(rules_.algorithm)}, {"active_from", to_rfc3339(active_from)}});
  return kid;
}

Result<> SigningKeys::seal_again(const KnownKeys& known) {
  if (clock_->elapsed() - first_read_at_ < before_sealing_again) return {};
  for (const auto& key : known.all) {
    if (!key->outdated || !key->parts) continue;
    const auto bound = bound_to(key->kid, key->algorithm);
    const auto opened = crypto::open_at_rest(*keys_, at_rest_purpose, bound, key->sealed);
    if (!opened) continue;
    const auto sealed = crypto::seal_at_rest(*keys_, *random_, at_rest_purpose, bound, opened->secret.expose());
    ROWAN_CHECK(database_->transact([&](Transaction& transaction) {
      return transaction.execute(sql::seal_signing_key,
                                 {{"kid", key->kid}, {"before", key->sealed}, {"sealed", sealed}});
    }));
  }
  return {};
}

void SigningKeys::take_over(Known read, std::chrono::nanoseconds began) {
  const bool same = std::ranges::equal(read->all, known()->all, [](const auto& a, const auto& b) {
    return a->kid == b->kid && a->sealed == b->sealed && a->retires_at == b->retires_at;
  });
  {
    const std::lock_guard lock(mutex_);
    known_ = std::move(read);
  }
  if (!same) version_.fetch_add(1, std::memory_order_acq_rel);
  read_at_.store(began.count(), std::memory_order_release);
}

Result<> SigningKeys::refresh_alone() {
  const auto began = clock_->elapsed();
  if (first_read_at_.count() < 0) first_read_at_ = began;
  ROWAN_TRY(auto read, this->read());
  const auto now = clock_->now();
  if (is_due(*read, now)) {
    const bool is_needed_now = key_to_sign(*read, now) == nullptr;
    const auto made = make_next(*read, is_needed_now ? now : now + rules_.publish_before);
    if (!made && is_needed_now) return made.error();
    // The one before goes on signing meanwhile.
    if (!made) logger_->warning("signing_key_not_made", {{"reason", made.error().reason}});
    ROWAN_TRY(read, this->read());
  }
  if (const auto sealed = seal_again(*read); !sealed)
    logger_->warning("signing_key_not_sealed", {{"reason", sealed.error().reason}});
  take_over(std::move(read), began);
  return {};
}

Result<> SigningKeys::refresh() {
  if (!is_used_) return {};
  const std::lock_guard lock(refreshing_);
  return refresh_alone();
}

Result<> SigningKeys::refresh_if_due() {
  if (!is_used_) return {};
  const auto read_at = read_at_.load(std::memory_order_acquire);
  const auto known = this->known();
  const bool lost_one = std::ranges::any_of(known->all, [this](const auto& key) { return is_dead(key->number); });
  if (!lost_one && read_at >= 0 && clock_->elapsed() - std::chrono::nanoseconds(read_at) < between_refreshes) return {};
  return refresh();
}

bool SigningKeys::may_be_new(std::string_view kid) const {
  const bool was_read = read_at_.load(std::memory_order_acquire) >= 0;
  if (was_read && !is_ours(kid)) return false;
  const std::lock_guard lock(mutex_);
  return std::ranges::find(known_->retired, kid) == known_->retired.end() &&
         std::ranges::find(gone_, kid) == gone_.end();
}

Result<> SigningKeys::look_again(std::string_view kid) {
  const auto asked = clock_->elapsed();
  const std::lock_guard lock(refreshing_);
  const std::chrono::nanoseconds read_at(read_at_.load(std::memory_order_acquire));
  if (read_at > asked) return {};  // another's look began after we asked
  const auto last = std::max(read_at, looked_at_);
  if (last.count() >= 0 && asked - last < between_looks)
    return Error{.code = ErrorCode::unavailable,
                 .reason = "a signing key that is not known yet",
                 .retry_after = std::chrono::seconds(1)};
  looked_at_ = asked;
  ROWAN_CHECK(refresh_alone());
  const std::lock_guard knowing(mutex_);
  if (std::ranges::none_of(known_->all, [kid](const auto& key) { return key->kid == kid; })) {
    if (gone_.size() == most_gone) gone_.erase(gone_.begin());
    gone_.emplace_back(kid);
  }
  return {};
}

Result<std::shared_ptr<const KnownKey>> SigningKeys::to_sign() {
  for (int attempt = 0; attempt < 2; ++attempt) {
    if (is_fresh())
      if (auto key = key_to_sign(*known(), clock_->now())) return key;
    ROWAN_CHECK(refresh());
  }
  return Error{.code = ErrorCode::unavailable, .reason = "there is no key to sign tokens with"};
}

Result<std::string> SigningKeys::rotate(bool at_once) {
  if (is_symmetric(rules_.algorithm))
    return Error{.code = ErrorCode::not_found,
                 .reason = "tokens are signed by the secrets; there are no keys to rotate"};
  const std::lock_guard lock(refreshing_);
  for (int attempt = 0; attempt < 3; ++attempt) {
    ROWAN_CHECK(refresh_alone());
    const auto before = known();
    const auto now = clock_->now();
    auto from = at_once ? now : now + rules_.publish_before;
    // Not before the key that signs, where this clock is behind: else that one would go on. Of two the newer turn
    // signs.
    if (const auto current = key_to_sign(*before, now); current && from < current->active_from)
      from = current->active_from;
    ROWAN_TRY(auto kid, make_next(*before, from));
    if (kid.empty()) continue;  // another node took the turn
    ROWAN_CHECK(refresh_alone());
    return kid;
  }
  return Error{.code = ErrorCode::unavailable, .reason = "other nodes make keys all the time; try again"};
}

Result<> SigningKeys::retire(std::string_view kid) {
  const auto now = clock_->now();
  ROWAN_CHECK(database_->transact([&](Transaction& transaction) -> Result<> {
    ROWAN_TRY(const auto row, transaction.first(sql::retire_signing_key, {{"kid", kid}, {"now", now}}));
    if (!row) return Error{.code = ErrorCode::not_found, .reason = "there is no such signing key"};
    revocation_->revoke(transaction, row->integer("number"), now + after_the_last_signature);
    return {};
  }));
  return refresh();
}

Result<> SigningKeys::retire_all(Transaction& transaction) const {
  ROWAN_CHECK(transaction.execute(sql::retire_signing_keys, {{"now", clock_->now()}}));
  return {};
}

Result<> SigningKeys::expire(Sweep& sweep) { return sweep.remove(sql::expire_signing_keys, std::chrono::days(1)); }

}  // namespace rowan::tokens
