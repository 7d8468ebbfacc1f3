# A room is a folder under src/: every .cc but the tests becomes one static library named after the folder
# (src/broker/embedded is propylon_broker_embedded), every *_test.cc goes into one test program beside it.

# -Wno-restrict: g++ 12 reports overlaps in std::string's own insert() that cannot be (GCC bug 105651).
add_library(propylon_flags INTERFACE)
target_compile_options(propylon_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Woverloaded-virtual -Werror $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
  $<$<CONFIG:Release>:-O3 -g1>
  $<$<CONFIG:Debug>:-O1 -g1>)
target_include_directories(propylon_flags INTERFACE ${CMAKE_SOURCE_DIR}/src)
if(PROPYLON_SANITIZE)
  target_compile_options(propylon_flags INTERFACE -fsanitize=${PROPYLON_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(propylon_flags INTERFACE -fsanitize=${PROPYLON_SANITIZE})
  target_compile_definitions(propylon_flags INTERFACE PROPYLON_SANITIZED=1)
  # g++ loses track of initialisation in instrumented standard library code.
  target_compile_options(propylon_flags INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
endif()
if(PROPYLON_FUZZ)
  target_compile_options(propylon_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
find_package(Threads REQUIRED)
target_link_libraries(propylon_flags INTERFACE Threads::Threads)

# What has the label `threads` is run under ThreadSanitizer (.ci/run): `ctest -L threads`, built by the target `threads`.
add_custom_target(threads)

# propylon_room(NAME [THREADS] USES room... LIBRARIES lib... TIMEOUT s): USES are rooms, LIBRARIES come from the system,
# TIMEOUT is that of each of its tests (300); what goes on for longer with PROPYLON_LONG needs more. THREADS: several
# threads meet in it, so its tests get the label `threads`.
function(propylon_room name)
  cmake_parse_arguments(ARG "THREADS" "TIMEOUT" "USES;LIBRARIES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS *.cc)
  file(GLOB tests CONFIGURE_DEPENDS *_test.cc)
  list(FILTER sources EXCLUDE REGEX "(_test|/main)\\.cc$")
  set(target propylon_${name})
  if(sources)
    add_library(${target} STATIC ${sources})
    set(scope PUBLIC)
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_link_libraries(${target} ${scope} propylon_flags ${ARG_LIBRARIES})
  foreach(room ${ARG_USES})
    target_link_libraries(${target} ${scope} propylon_${room})
  endforeach()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  if(tests AND PROPYLON_TESTS)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE ${target} GTest::gtest GTest::gtest_main)
    set(properties TIMEOUT ${ARG_TIMEOUT})
    if(ARG_THREADS)
      list(APPEND properties LABELS threads)
      add_dependencies(threads ${name}_test)
    endif()
    gtest_discover_tests(${name}_test TEST_PREFIX "${name}." NO_PRETTY_VALUES DISCOVERY_TIMEOUT 60 PROPERTIES ${properties})
  endif()
endfunction()

# propylon_fuzz(TARGET room...): TARGET.cc as a libFuzzer program where PROPYLON_FUZZ is on, and as a part of fuzz_replay
# where the tests are.
function(propylon_fuzz name)
  if(PROPYLON_FUZZ)
    add_executable(fuzz_${name} ${name}.cc)
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
    foreach(room ${ARGN})
      target_link_libraries(fuzz_${name} PRIVATE propylon_${room})
    endforeach()
  endif()
  set_property(GLOBAL APPEND PROPERTY PROPYLON_FUZZ_TARGETS ${name})
  set_property(GLOBAL APPEND PROPERTY PROPYLON_FUZZ_ROOMS ${ARGN})
endfunction()

# After all propylon_fuzz(): one program with every target, and a test per target that runs it over its corpus.
function(propylon_fuzz_replay)
  if(NOT PROPYLON_TESTS)
    return()
  endif()
  get_property(targets GLOBAL PROPERTY PROPYLON_FUZZ_TARGETS)
  get_property(rooms GLOBAL PROPERTY PROPYLON_FUZZ_ROOMS)
  add_executable(fuzz_replay replay.cc)
  foreach(name ${targets})
    target_sources(fuzz_replay PRIVATE ${name}.cc)
    set_source_files_properties(${name}.cc PROPERTIES COMPILE_DEFINITIONS LLVMFuzzerTestOneInput=fuzz_${name})
    string(APPEND list "X(${name}) ")
    add_test(NAME fuzz.${name} COMMAND fuzz_replay ${name} ${CMAKE_CURRENT_SOURCE_DIR}/corpus/${name})
  endforeach()
  set_source_files_properties(replay.cc PROPERTIES COMPILE_DEFINITIONS "PROPYLON_FUZZ_TARGETS=${list}")
  list(REMOVE_DUPLICATES rooms)
  foreach(room ${rooms})
    target_link_libraries(fuzz_replay PRIVATE propylon_${room})
  endforeach()
endfunction()
