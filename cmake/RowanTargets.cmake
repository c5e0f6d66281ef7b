# Warnings and sanitizers for our own targets only: nothing leaks to those who use the library.
add_library(rowan_private INTERFACE)
target_compile_options(rowan_private INTERFACE -Wall -Wextra -Wpedantic -Wnon-virtual-dtor -Wshadow=local -Wunused-result)
if(ROWAN_WARNINGS_AS_ERRORS)
  target_compile_options(rowan_private INTERFACE -Werror)
endif()
# g++ 12 sees ghosts in std::variant when it instruments: a known false alarm.
if(ROWAN_SANITIZE AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(rowan_private INTERFACE -Wno-maybe-uninitialized)
endif()
if(ROWAN_SANITIZE)
  target_compile_options(rowan_private INTERFACE -fsanitize=${ROWAN_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(rowan_private INTERFACE -fsanitize=${ROWAN_SANITIZE})
  if(ROWAN_SANITIZE MATCHES "undefined")
    target_compile_options(rowan_private INTERFACE -fno-sanitize-recover=undefined)
  endif()
endif()
# A test is read once and run for moments: optimizing it under the sanitizers takes as long as the rest of its compilation, and UBSan's checks of
# it as long again. What it tests is in the library, which has both. Linked after rowan_private, because the last word counts.
add_library(rowan_of_tests INTERFACE)
if(ROWAN_SANITIZE)
  target_compile_options(rowan_of_tests INTERFACE -O0 -fno-sanitize=undefined)
endif()
# A program of tests is started once for each of them, and half of its start was finding its place in memory.
target_link_options(rowan_of_tests INTERFACE -no-pie)
find_program(ROWAN_MOLD mold)
if(PROJECT_IS_TOP_LEVEL AND ROWAN_MOLD)
  target_link_options(rowan_private INTERFACE -fuse-ld=mold)
endif()

# rowan_together(target): with ROWAN_UNITY the target's files are compiled together, each only with those of its own folder: they share a
# namespace already, and the names inside an unnamed one are different. A file that must stand alone says SKIP_UNITY_BUILD_INCLUSION.
function(rowan_together target)
  if(NOT ROWAN_UNITY)
    return()
  endif()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  get_target_property(sources ${target} SOURCES)
  foreach(source IN LISTS sources)
    if(NOT source MATCHES "\\.cpp$" OR source MATCHES "/embedded_[a-z]+_files")
      continue()
    endif()
    get_filename_component(folder ${source} DIRECTORY)
    string(MAKE_C_IDENTIFIER "in_${folder}" folder)
    math(EXPR ${folder} "${${folder}} + 1")
    math(EXPR part "${${folder}} / 8")
    set_source_files_properties(${source} PROPERTIES UNITY_GROUP ${target}_${folder}_${part})
  endforeach()
endfunction()

set(ROWAN_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_DIR}/embed.cmake)

# rowan_embed(TARGET name VARIABLE symbol BASE dir FILES …): compiles files into `extern const rowan::EmbeddedFile symbol[]`.
function(rowan_embed target symbol base)
  set(out ${CMAKE_CURRENT_BINARY_DIR}/embedded_${symbol}.cpp)
  set(list ${CMAKE_CURRENT_BINARY_DIR}/embedded_${symbol}.list)
  list(JOIN ARGN "\n" lines)
  file(CONFIGURE OUTPUT ${list} CONTENT "${lines}\n" @ONLY)
  add_custom_command(OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DOUT=${out} -DSYMBOL=${symbol} -DBASE=${base} -DLIST=${list} -P ${ROWAN_EMBED_SCRIPT}
    DEPENDS ${ARGN} ${list} ${ROWAN_EMBED_SCRIPT} VERBATIM)
  target_sources(${target} PRIVATE ${out})
endfunction()

# rowan_tests(name sources…): one GoogleTest program, one ctest entry a test.
function(rowan_tests name)
  cmake_parse_arguments(arg "" "" "LIBRARIES" ${ARGN})
  if(NOT arg_UNPARSED_ARGUMENTS)
    return()
  endif()
  add_executable(${name} ${arg_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE rowan_private rowan_of_tests ${arg_LIBRARIES} GTest::gmock GTest::gtest_main)
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  # Where vectors are. __FILE__ does not say it: a compiler cache makes it relative.
  target_compile_definitions(${name} PRIVATE ROWAN_CHECKOUT="${PROJECT_SOURCE_DIR}")
  rowan_together(${name})
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST PROPERTIES TIMEOUT 120)
endfunction()
