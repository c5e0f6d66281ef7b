# The same programs over the same target names, however Rowan came.
add_executable(sign_in ${CMAKE_CURRENT_LIST_DIR}/sign_in.cpp)
target_link_libraries(sign_in PRIVATE rowan::core rowan::sqlite rowan::postgres rowan::smtp rowan::beast)

add_executable(app ${CMAKE_CURRENT_LIST_DIR}/app.cpp)
target_link_libraries(app PRIVATE rowan::sqlite rowan::smtp rowan::beast rowan::cli)

add_executable(kit ${CMAKE_CURRENT_LIST_DIR}/kit.cpp)
target_link_libraries(kit PRIVATE rowan::testing)

add_executable(own ${CMAKE_CURRENT_LIST_DIR}/own.cpp)
target_link_libraries(own PRIVATE rowan::testing)

set(programs sign_in app kit own)
if(EXISTS ${CMAKE_CURRENT_LIST_DIR}/notes.cpp)  # pasted out of the README by scripts/check-install
  add_executable(notes ${CMAKE_CURRENT_LIST_DIR}/notes.cpp)
  target_link_libraries(notes PRIVATE rowan::core rowan::sqlite rowan::smtp rowan::beast)
  list(APPEND programs notes)
endif()
if(TARGET rowan::httplib)
  add_executable(door ${CMAKE_CURRENT_LIST_DIR}/door.cpp)
  target_link_libraries(door PRIVATE rowan::httplib)
  list(APPEND programs door)
endif()
foreach(program IN LISTS programs)
  target_compile_options(${program} PRIVATE -Wall -Wextra -Werror)
endforeach()

# The program `rowan` has a name here too.
add_custom_target(version ALL COMMAND rowan::program --help VERBATIM)
