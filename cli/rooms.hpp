#pragma once
// Sections of the file: which rooms are on, and with which options. The rooms declare both themselves.
#include <any>
#include <cli/option.hpp>
#include <rowan/engine/parts/room.hpp>

namespace rowan::cli {

/// Null: there is none of that section.
const Room* find_room(std::string_view section);

/// Null: there is none of that name. Its sections are [[oidc]], each with a name: "oidc.work".
const Room* find_provider(std::string_view section);

/// Whether the option of a provider says where a secret is.
inline bool is_secret(const Option& option) { return option.name == "client_secret" || option.name == "private_key"; }

/// "password" for users, "subjects.admin.password" for the others.
std::string section_of(std::string_view subject, std::string_view room);

/// A section's subject and room: "password" and "subjects.user.password" are the same. Nullopt for any other section.
struct RoomSection {
  std::string subject{};
  const Room* room = nullptr;
};
std::optional<RoomSection> read_section(std::string_view section);

/// A section of a provider: "oidc.work" and "subjects.user.oidc.work" are the same. Nullopt for any other section.
struct ProviderSection {
  std::string subject{}, name{};
  const Room* room = nullptr;
};
std::optional<ProviderSection> read_provider_section(std::string_view section);

/// A room that is on, with its options in effect.
struct RoomSettings {
  const Room* room = nullptr;
  std::any options{};
  bool repeated = false;  // a provider, as [[oidc]]
};

struct SubjectSettings {
  std::string name = "user";
  std::vector<RoomSettings> rooms{};
};

}  // namespace rowan::cli
