int crash_test_placeholder();
