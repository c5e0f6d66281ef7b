# Every room, in the order in which a subject declares them. A new strategy or add-on is its folder and a line here: what includes the rooms'
# headers and what lists them for programs is made of it.
set(ROWAN_ROOMS
  strategies/password
  strategies/magic_link
  strategies/otp
  strategies/totp
  strategies/webauthn
  strategies/recovery_code
  strategies/api_key
  strategies/remember_me
  add_ons/confirmation
  add_ons/account
  strategies/identities
  add_ons/audit_log
  add_ons/active_sessions
  add_ons/sign_in_notices
)

# Rooms that a subject has as often as it likes, each under a name of its own.
set(ROWAN_PROVIDERS
  strategies/oauth2
  strategies/oidc
  strategies/providers
  strategies/dynamic_oidc
)

# <rowan/rooms.hpp>, and all_rooms() and all_providers() of rowan/engine/parts/room.hpp.
set(ROWAN_GENERATED ${PROJECT_BINARY_DIR}/generated)
set(includes "")
set(makers "")
set(calls "")
set(provider_calls "")
foreach(room IN LISTS ROWAN_ROOMS ROWAN_PROVIDERS)
  get_filename_component(name ${room} NAME)
  string(APPEND includes "#include <rowan/${room}/${name}.hpp>\n")
  string(APPEND makers "Room ${name}();\n")
  if(room IN_LIST ROWAN_PROVIDERS)
    string(APPEND provider_calls "rooms::${name}(), ")
  else()
    string(APPEND calls "rooms::${name}(), ")
  endif()
endforeach()
file(CONFIGURE OUTPUT ${ROWAN_GENERATED}/rowan/rooms.hpp @ONLY CONTENT "#pragma once
// Every strategy and add-on of the library. Made from rowan/rooms.cmake.
${includes}")
file(CONFIGURE OUTPUT ${ROWAN_GENERATED}/rooms.cpp @ONLY CONTENT "// Made from rowan/rooms.cmake.
#include <rowan/engine/parts/room.hpp>

namespace rowan {

namespace rooms {
${makers}}  // namespace rooms

const std::vector<Room>& all_rooms() {
  static const std::vector<Room> all{${calls}};
  return all;
}

const std::vector<Room>& all_providers() {
  static const std::vector<Room> all{${provider_calls}};
  return all;
}

}  // namespace rowan
")
