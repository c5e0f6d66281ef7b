#pragma once
// Methods: what was shown to sign in, each with what it proves and when. Values of fixed size; no allocation.
#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <initializer_list>
#include <rowan/base/assurance.hpp>
#include <rowan/base/inline_text.hpp>
#include <rowan/base/json.hpp>
#include <rowan/base/timestamp.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace rowan {

/// What a credential is evidence of. The first four are kinds: two of them are two factors. Reading mail is a kind of
/// its own: it is no device (NIST SP 800-63B-4 section 3.1.3.1 does not take it for one), and no secret in the head
/// either. So a magic link and a mailed code are one factor.
enum class Evidence : std::uint8_t {
  known = 1,     // a password
  mailbox = 2,   // what was mailed was read
  held = 4,      // a device: an authenticator app, a passkey, a list of recovery codes
  inherent = 8,  // a fingerprint, a face or a device's own PIN, as the device says
  phishing_resistant = 16,
  hardware_key = 32,  // a key that cannot leave its device, as certified by its maker
  software_key = 64,  // any other key
  one_time_code = 128
};

/// A set of evidence.
class Proves {
 public:
  constexpr Proves() = default;
  constexpr Proves(std::initializer_list<Evidence> all) {
    for (const auto one : all) bits_ |= static_cast<std::uint8_t>(one);
  }
  static constexpr Proves from_bits(std::uint8_t bits) {
    Proves proves;
    proves.bits_ = bits;
    return proves;
  }
  constexpr std::uint8_t bits() const { return bits_; }
  constexpr bool has(Evidence one) const { return (bits_ & static_cast<std::uint8_t>(one)) != 0; }
  constexpr bool includes(Proves other) const { return (bits_ & other.bits_) == other.bits_; }
  /// How many of known, mailbox, held and inherent.
  constexpr int kinds() const { return std::popcount(static_cast<unsigned>(bits_ & 15U)); }
  friend constexpr Proves operator|(Proves a, Proves b) {
    return from_bits(static_cast<std::uint8_t>(a.bits_ | b.bits_));
  }
  friend constexpr bool operator==(Proves, Proves) = default;

 private:
  std::uint8_t bits_ = 0;
};

/// The strategies by which the user signed in, in order: password, totp. At most four.
class Methods {
 public:
  using Name = InlineText<23>;
  struct Shown {
    Name name{};  // of the strategy
    Proves proves{};
    Timestamp at{};
    friend bool operator==(const Shown&, const Shown&) = default;
  };
  static constexpr std::size_t at_most = 4;

  /// What is there already with the same evidence gets the later time. False when it does not fit.
  bool add(std::string_view name, Proves proves, Timestamp at) {
    for (std::size_t i = 0; i < count_; ++i) {
      if (shown_[i].name.view() != name || shown_[i].proves != proves) continue;
      if (shown_[i].at < at) shown_[i].at = at;
      return true;
    }
    const auto text = Name::from(name);
    if (!text || count_ == shown_.size()) return false;
    shown_[count_++] = {.name = *text, .proves = proves, .at = at};
    return true;
  }
  /// The same, and when it does not fit, in the place of what was shown longest ago. False for a name that is too long.
  bool put(std::string_view name, Proves proves, Timestamp at) {
    if (add(name, proves, at)) return true;
    const auto text = Name::from(name);
    if (!text) return false;
    *std::min_element(shown_.begin(), shown_.end(), [](const Shown& a, const Shown& b) { return a.at < b.at; }) = {
        .name = *text, .proves = proves, .at = at};
    return true;
  }
  bool contains(std::string_view name) const {
    for (const auto& shown : *this)
      if (shown.name.view() == name) return true;
    return false;
  }
  bool empty() const { return count_ == 0; }
  std::size_t size() const { return count_; }
  const Shown* begin() const { return shown_.data(); }
  const Shown* end() const { return shown_.data() + count_; }
  Proves proves() const { return proves_since(Timestamp::min()); }
  Proves proves_since(Timestamp since) const {
    Proves all;
    for (const auto& shown : *this)
      if (shown.at >= since) all = all | shown.proves;
    return all;
  }
  /// The epoch when nothing was shown.
  Timestamp last_shown() const {
    Timestamp last{};
    for (const auto& shown : *this)
      if (shown.at > last) last = shown.at;
    return last;
  }
  /// The names: ["password", "totp"].
  friend Json to_json(const Methods& methods) {
    std::vector<std::string> names;
    for (const auto& shown : methods) {
      const std::string name(shown.name.view());
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
    return names;
  }
  friend bool operator==(const Methods& a, const Methods& b) { return a.count_ == b.count_ && a.shown_ == b.shown_; }

 private:
  std::array<Shown, at_most> shown_{};
  std::uint8_t count_ = 0;
};

/// Whether what was shown is what is asked for. A second factor that has to be fresh is the one that is not a password:
/// a password that is typed again shows less than the device, and a stranger at an open computer finds it filled in.
inline bool is_enough(const Methods& methods, const Assurance& asked, Timestamp now) {
  const auto fresh = asked.within ? methods.proves_since(now - *asked.within) : methods.proves();
  if (asked.phishing_resistant && !fresh.has(Evidence::phishing_resistant)) return false;
  if (asked.second_factor && methods.proves().kinds() < 2) return false;
  if (!asked.within || asked.phishing_resistant) return true;
  if (!asked.second_factor) return !methods.empty() && methods.last_shown() >= now - *asked.within;
  return fresh.has(Evidence::mailbox) || fresh.has(Evidence::held) || fresh.has(Evidence::inherent);
}

}  // namespace rowan
