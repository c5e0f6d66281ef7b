#include <algorithm>
#include <cli/rooms.hpp>
#include <rowan/rowan.hpp>

namespace rowan::cli {

namespace {

// A member, or a member of a member.
template <class Object, class Member>
auto& follow(Object& object, Member member) {
  return object.*member;
}
template <class Object, class Member, class... More>
auto& follow(Object& object, Member member, More... more) {
  return follow(object.*member, more...);
}

// How a member is written in the file.
template <class Value>
struct Written {
  static constexpr auto kind = SettingKind::number;
  using Setting = std::int64_t;
};
template <>
struct Written<bool> {
  static constexpr auto kind = SettingKind::boolean;
  using Setting = bool;
};
template <>
struct Written<std::chrono::seconds> {
  static constexpr auto kind = SettingKind::duration;
  using Setting = std::chrono::seconds;
};

template <class Options, class First, class... More>
RoomOption option(std::string name, First Options::* first, More... more) {
  using Value = std::remove_reference_t<decltype(follow(std::declval<Options&>(), first, more...))>;
  using Setting = typename Written<Value>::Setting;
  return {.option = {.path = std::move(name), .kind = Written<Value>::kind},
          .set =
              [=](std::any& options, const SettingValue& value) {
                follow(std::any_cast<Options&>(options), first, more...) = static_cast<Value>(std::get<Setting>(value));
              },
          .get = [=](const std::any& options) -> SettingValue {
            return static_cast<Setting>(follow(std::any_cast<const Options&>(options), first, more...));
          }};
}

template <class Value>
using Choices = std::vector<std::pair<std::string, Value>>;

template <class Value, class Options, class First, class... More>
RoomOption choice(std::string name, Choices<Value> choices, First Options::* first, More... more) {
  std::vector<std::string> names;
  for (const auto& [known, value] : choices) names.push_back(known);
  return {.option = {.path = std::move(name), .kind = SettingKind::choice, .choices = std::move(names)},
          .set =
              [=](std::any& options, const SettingValue& setting) {
                for (const auto& [known, value] : choices)
                  if (known == std::get<std::string>(setting))
                    follow(std::any_cast<Options&>(options), first, more...) = value;
              },
          .get = [=](const std::any& options) -> SettingValue {
            for (const auto& [known, value] : choices)
              if (value == follow(std::any_cast<const Options&>(options), first, more...)) return known;
            return std::string();
          }};
}

template <class Options>
auto strategy(Strategy (*make)(Options)) {
  return [make](const std::any& options, SubjectOptions& subject) {
    subject.strategies.push_back(make(std::any_cast<const Options&>(options)));
  };
}

template <class Options>
auto add_on(AddOn (*make)(Options)) {
  return [make](const std::any& options, SubjectOptions& subject) {
    subject.add_ons.push_back(make(std::any_cast<const Options&>(options)));
  };
}

using Registration = PasswordOptions::Registration;
const Choices<Registration> registrations{
    {"off", Registration::off}, {"immediate", Registration::immediate}, {"confirm_first", Registration::confirm_first}};
const Choices<std::string_view> alphabets{{"unambiguous_uppercase", CodeShape::unambiguous_uppercase},
                                          {"unambiguous_alphanumeric", CodeShape::unambiguous_alphanumeric},
                                          {"digits", CodeShape::digits},
                                          {"uppercase_letters", CodeShape::uppercase_letters}};

std::vector<Room> make_rooms() {
  return {
      {.section = "password",
       .defaults = PasswordOptions{},
       .options = {choice("registration", registrations, &PasswordOptions::registration),
                   option("minimum_length", &PasswordOptions::minimum_length),
                   option("reset_lifetime", &PasswordOptions::reset_lifetime)},
       .declare = strategy(password)},
      {.section = "magic_link",
       .defaults = MagicLinkOptions{},
       .development = MagicLinkOptions{.registration = true},
       .options = {option("registration", &MagicLinkOptions::registration),
                   option("lifetime", &MagicLinkOptions::lifetime),
                   option("same_browser", &MagicLinkOptions::same_browser),
                   option("tell_unknown", &MagicLinkOptions::tell_unknown)},
       .declare = strategy(magic_link)},
      {.section = "otp",
       .defaults = OtpOptions{},
       .options = {option("registration", &OtpOptions::registration), option("lifetime", &OtpOptions::lifetime),
                   option("length", &OtpOptions::code, &CodeShape::length),
                   choice("alphabet", alphabets, &OtpOptions::code, &CodeShape::alphabet),
                   option("tell_unknown", &OtpOptions::tell_unknown)},
       .declare = strategy(otp)},
      {.section = "confirmation",
       .signs_in = false,
       .defaults = ConfirmationOptions{},
       .options = {option("lifetime", &ConfirmationOptions::lifetime),
                   option("required_to_sign_in", &ConfirmationOptions::required_to_sign_in),
                   option("change_of_address", &ConfirmationOptions::change_of_address),
                   option("revert_lifetime", &ConfirmationOptions::revert_lifetime)},
       .declare = add_on(confirmation)},
      {.section = "account",
       .signs_in = false,
       .defaults = AccountOptions{},
       .options = {option("recent", &AccountOptions::recent)},
       .declare = add_on(account)},
  };
}

}  // namespace

const RoomOption* Room::find(std::string_view name) const {
  for (const auto& known : options)
    if (known.option.path == name) return &known;
  return nullptr;
}

const std::vector<Room>& rooms() {
  static const auto all = make_rooms();
  return all;
}

const Room* find_room(std::string_view section) {
  for (const auto& room : rooms())
    if (room.section == section) return &room;
  return nullptr;
}

std::string section_of(std::string_view subject, std::string_view room) {
  return (subject == "user" ? "" : "subjects." + std::string(subject) + ".") + std::string(room);
}

std::optional<RoomSection> read_section(std::string_view section) {
  constexpr std::string_view prefix = "subjects.";
  std::string subject = "user";
  if (section.starts_with(prefix)) {
    section.remove_prefix(prefix.size());
    const auto dot = section.find('.');
    subject = section.substr(0, dot);
    section = dot == std::string_view::npos ? std::string_view() : section.substr(dot + 1);
  }
  const auto* room = find_room(section);
  return room == nullptr ? std::nullopt : std::optional(RoomSection{.subject = std::move(subject), .room = room});
}

}  // namespace rowan::cli
