// The suite that every backend of the broker contract passes: what the contract says, as claims, a header per subject.
//
// A backend's test instantiates both suites with a factory and links these headers' tests:
//   INSTANTIATE_TEST_SUITE_P(Memory, BrokerConformance, testing::Values(&make_memory_world));
//   INSTANTIATE_TEST_SUITE_P(Memory, DeadLetterConformance, testing::Values(&make_memory_world));
#pragma once
#include "broker/conformance_dead_letters.h"
#include "broker/conformance_delivery.h"
#include "broker/conformance_groups.h"
#include "broker/conformance_purge.h"
#include "broker/conformance_retention.h"
#include "broker/conformance_settings.h"
#include "broker/conformance_stations.h"
