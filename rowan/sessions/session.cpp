#include <rowan/sessions/byte_layout.hpp>
#include <rowan/sessions/session.hpp>
#include <type_traits>

namespace rowan::sessions {

// max_claims_bytes counts these. If you make one longer, make the layout longer too.
static_assert(SubjectRule::max_bytes == 31 && TenantRule::max_bytes == 63);
static_assert(std::is_same_v<Methods::Name, InlineText<23>> && Methods::at_most == 4);

const Claims* Session::find(const SubjectName& subject) const {
  for (std::size_t i = 0; i < count; ++i)
    if (claims[i].subject() == subject) return &claims[i];
  return nullptr;
}

bool Session::put(const Claims& who) {
  remove(who.realm.subject);
  if (count == claims.size()) return false;
  claims[count++] = who;
  return true;
}

void Session::remove(const SubjectName& subject) {
  for (std::size_t i = 0; i < count; ++i) {
    if (claims[i].subject() != subject) continue;
    claims[i] = claims[--count];
    return;
  }
}

std::string seal_session(const Seal& seal, const Session& session) {
  std::array<std::byte, max_session_bytes> bytes;
  LayoutWriter writer(bytes);
  writer.bytes(session.form_secret);
  writer.integer(to_microseconds(session.seen));
  writer.byte(static_cast<std::uint8_t>(session.count));
  for (std::size_t i = 0; i < session.count; ++i) {
    const auto& who = session.claims[i];
    writer.bytes(who.id.uuid().bytes);
    writer.text(who.subject());
    writer.text(who.tenant());
    writer.integer(who.numbers.token);
    writer.integer(who.numbers.account_generation);
    writer.integer(who.numbers.tenant_generation);
    writer.integer(to_microseconds(who.expires_at));
    writer.byte(static_cast<std::uint8_t>(who.methods.size()));
    for (const auto& shown : who.methods) {
      writer.text(shown.name.view());
      writer.byte(shown.proves.bits());
      writer.integer(to_microseconds(shown.at));
    }
  }
  // Behind the last subject zeros, which are not read.
  while (writer.used() < least_session_bytes) writer.byte(0);
  return seal.seal(std::span(bytes).first(writer.used()));
}

namespace {

// A session that was filled up has zeros behind it, and no other has anything. The seal says that we wrote it.
bool is_read(const LayoutReader& reader, std::size_t size) {
  return size == least_session_bytes ? reader.good() : reader.done();
}

// Everything of one subject behind its id and name.
bool read_rest(LayoutReader& reader, Claims& who, const Uuid& id, const std::optional<SubjectName>& subject) {
  const auto tenant = TenantName::from(reader.text());
  if (!subject || !tenant) return false;
  who.id = AccountId(id);
  who.realm.tenant = *tenant;
  who.realm.subject = *subject;
  who.numbers.token = reader.integer();
  who.numbers.account_generation = reader.integer();
  who.numbers.tenant_generation = reader.integer();
  who.expires_at = from_microseconds(reader.integer());
  for (std::size_t m = reader.byte(); m > 0 && reader.good(); --m) {
    const auto name = reader.text();
    const auto proves = Proves::from_bits(reader.byte());
    if (!who.methods.add(name, proves, from_microseconds(reader.integer()))) return false;
  }
  return true;
}

void skip_rest(LayoutReader& reader) {
  reader.text();
  reader.skip(4 * sizeof(std::int64_t));
  for (std::size_t m = reader.byte(); m > 0 && reader.good(); --m) {
    reader.text();
    reader.skip(1 + sizeof(std::int64_t));
  }
}

bool read(std::span<const std::byte> bytes, Session& session) {
  LayoutReader reader(bytes);
  reader.bytes(session.form_secret);
  session.seen = from_microseconds(reader.integer());
  session.count = reader.byte();
  if (session.count > session.claims.size()) return false;
  for (std::size_t i = 0; i < session.count; ++i) {
    Uuid id;
    reader.bytes(id.bytes);
    if (!read_rest(reader, session.claims[i], id, SubjectName::from(reader.text()))) return false;
  }
  return is_read(reader, bytes.size());
}

bool read(std::span<const std::byte> bytes, const SubjectName& wanted, SubjectSession& found) {
  LayoutReader reader(bytes);
  reader.skip(sizeof(FormSecret));
  found.seen = from_microseconds(reader.integer());
  const std::size_t count = reader.byte();
  if (count > std::tuple_size_v<decltype(Session::claims)>) return false;
  for (std::size_t i = 0; i < count; ++i) {
    Uuid id;
    reader.bytes(id.bytes);
    const auto subject = reader.text();
    if (subject != wanted.view()) {
      skip_rest(reader);
      continue;
    }
    found.is_signed_in = true;
    if (!read_rest(reader, found.claims, id, wanted)) return false;
  }
  return is_read(reader, bytes.size());
}

}  // namespace

std::optional<Session> open_session(const Seal& seal, std::string_view cookie) {
  std::optional<Session> session;  // the only thing returned, so that it is never copied
  std::array<std::byte, max_session_bytes> bytes;
  const auto size = seal.open(cookie, bytes, seal.now());
  if (!size) return session;
  if (!read(std::span(bytes).first(*size), session.emplace())) session.reset();
  return session;
}

std::optional<SubjectSession> open_session_of(const Seal& seal, std::string_view cookie, const SubjectName& subject,
                                              Timestamp now) {
  std::optional<SubjectSession> found;  // likewise
  std::array<std::byte, max_session_bytes> bytes;
  const auto size = seal.open(cookie, bytes, now);
  if (!size) return found;
  if (!read(std::span(bytes).first(*size), subject, found.emplace())) found.reset();
  return found;
}

}  // namespace rowan::sessions
