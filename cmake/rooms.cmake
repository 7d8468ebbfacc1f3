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

# propylon_room(NAME USES room... LIBRARIES lib... TIMEOUT s): USES are rooms, LIBRARIES come from the system, TIMEOUT is
# that of each of its tests (300); what goes on for longer with PROPYLON_LONG needs more.
function(propylon_room name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "USES;LIBRARIES" ${ARGN})
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
    gtest_discover_tests(${name}_test TEST_PREFIX "${name}." NO_PRETTY_VALUES DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT ${ARG_TIMEOUT})
  endif()
endfunction()

# propylon_fuzz(TARGET SOURCE room...): a libFuzzer program, built only with PROPYLON_FUZZ.
function(propylon_fuzz name source)
  if(PROPYLON_FUZZ)
    add_executable(fuzz_${name} ${source})
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
    foreach(room ${ARGN})
      target_link_libraries(fuzz_${name} PRIVATE propylon_${room})
    endforeach()
  endif()
endfunction()
