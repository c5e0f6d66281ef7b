# Everything off when Rowan is part of somebody else's project, on when it is built by itself.
option(ROWAN_BUILD_TESTS "Build the tests" ${PROJECT_IS_TOP_LEVEL})
option(ROWAN_BUILD_BENCHMARKS "Build the benchmarks" OFF)
option(ROWAN_BUILD_FUZZERS "Build the fuzzers (clang only)" OFF)
option(ROWAN_BUILD_EXAMPLES "Build the examples" ${PROJECT_IS_TOP_LEVEL})
option(ROWAN_BUILD_CLI "Build rowan::cli, the commands for applications, and the rowan program" ${PROJECT_IS_TOP_LEVEL})
option(ROWAN_INSTALL "Make install rules" ${PROJECT_IS_TOP_LEVEL})
option(ROWAN_WARNINGS_AS_ERRORS "Treat warnings as errors" OFF)
# Half of a file's compilation is headers. Ours compile without it, too: scripts/lint and the preset `minimal` compile each file by itself.
option(ROWAN_UNITY "Compile the files of a folder together, eight at most" OFF)
set(ROWAN_SANITIZE "" CACHE STRING "Sanitizers for our own targets: address,undefined or thread")

# AUTO: when what it needs is found. ON: or stop. OFF: never. RowanDependencies.cmake says which it became.
foreach(part STORAGE_SQLITE STORAGE_POSTGRES HTTP_CLIENT MAIL_SMTP HOST_BEAST HOST_HTTPLIB)
  set(ROWAN_${part} AUTO CACHE STRING "AUTO, ON or OFF")
  set_property(CACHE ROWAN_${part} PROPERTY STRINGS AUTO ON OFF)
endforeach()

if(PROJECT_IS_TOP_LEVEL)
  find_program(ROWAN_CCACHE ccache)
  if(ROWAN_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${ROWAN_CCACHE})
  endif()
  set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
  if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE Release)
  endif()
endif()
