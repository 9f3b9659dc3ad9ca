// Lives beside the product under test: its activation runs the suite in the same extension host.
const { renameSync, writeFileSync } = require('node:fs');

exports.activate = async () => {
  const { FLOWMEND_TEST_SUITE: suite, FLOWMEND_TEST_RESULTS: results } = process.env;
  if (!suite || !results) return;
  let outcome;
  try {
    outcome = await require(suite).runSuite();
  } catch (thrown) {
    outcome = {
      passed: 0,
      failed: 1,
      failures: [{ title: 'the suite did not start', message: String(thrown?.stack) }],
    };
  }
  // Whole or not at all: the launcher waits for this file.
  writeFileSync(`${results}.part`, JSON.stringify(outcome));
  renameSync(`${results}.part`, results);
};
