# find_package(rowan COMPONENTS …): targets, the public headers, the package's configuration. Relocatable.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/rowan)

# rowan::core, and every component that was built; rowan/, its hosts and cli/ give them their names.
set(targets rowan)
set(components "")
foreach(name sqlite postgres http_client smtp beast httplib testing cli)
  if(TARGET rowan_${name})
    list(APPEND targets rowan_${name})
    list(APPEND components ${name})
  endif()
endforeach()

# Libraries found as files are linked by name where the package is installed.
foreach(target IN LISTS targets)
  get_target_property(libraries ${target} INTERFACE_LINK_LIBRARIES)
  if(libraries)
    string(REGEX REPLACE "(/[^;<>]*/lib([A-Za-z0-9_+-]+)\\.(so|a))" "$<BUILD_INTERFACE:\\1>$<INSTALL_INTERFACE:\\2>" libraries "${libraries}")
    set_target_properties(${target} PROPERTIES INTERFACE_LINK_LIBRARIES "${libraries}")
  endif()
endforeach()

if(TARGET rowan_program)
  list(APPEND targets rowan_program)
endif()
install(TARGETS ${targets} EXPORT rowan-targets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
  RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT rowan-targets NAMESPACE rowan:: DESTINATION ${package_folder})

# A header says in its first lines when it is not for applications; those of tests never are.
file(GLOB_RECURSE headers CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}/rowan ${PROJECT_SOURCE_DIR}/rowan/*.hpp)
set(excluded "")
foreach(header IN LISTS headers)
  file(STRINGS ${PROJECT_SOURCE_DIR}/rowan/${header} first LIMIT_COUNT 3)
  if(first MATCHES "(^|;)// (Not installed|Internal)" OR header MATCHES "(_for_tests|_fixture|raw_client)\\.hpp$")
    string(REPLACE "." "\\." pattern ${header})
    list(APPEND excluded REGEX "/rowan/${pattern}$" EXCLUDE)
  endif()
endforeach()
install(DIRECTORY ${PROJECT_SOURCE_DIR}/rowan/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/rowan FILES_MATCHING PATTERN "*.hpp" ${excluded})

install(FILES ${PROJECT_BINARY_DIR}/generated/rowan/rooms.hpp DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/rowan)
if(TARGET rowan_cli)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/cli/rowan/cli DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/rowan FILES_MATCHING PATTERN "*.hpp")
endif()

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/rowan-config.cmake.in ${PROJECT_BINARY_DIR}/rowan-config.cmake
  INSTALL_DESTINATION ${package_folder} NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/rowan-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/rowan-config.cmake ${PROJECT_BINARY_DIR}/rowan-config-version.cmake DESTINATION ${package_folder})
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

# What the program is made of, beside the licence. Only Debian's dpkg knows: elsewhere a warning, and none left of an earlier installation.
if(TARGET rowan_program)
  install(CODE "
    set(folder \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_DOCDIR}\")
    file(REMOVE \"\${folder}/rowan.spdx.json\")
    execute_process(COMMAND \"${PROJECT_SOURCE_DIR}/scripts/sbom\" \"$<TARGET_FILE:rowan_program>\" ${PROJECT_VERSION}
      \"\${folder}/rowan.spdx.json\" RESULT_VARIABLE result ERROR_VARIABLE reason)
    if(result STREQUAL \"0\")
      message(STATUS \"Installing: \${folder}/rowan.spdx.json\")
    else()
      message(WARNING \"rowan.spdx.json is left out: \${reason}\")
    endif()")
endif()
